-- Builds tables and strings: arrays and hashes that grow, concatenations, a deep recursion,
-- and user data (the buffers of table.concat).
local words, index = {}, {}
for i = 1, 20000 do
  local word = "word" .. i .. ":" .. (i * 7919 % 1000)
  words[#words + 1] = word
  index[word] = { position = i, length = #word }
end
local text = table.concat(words, ",")
local count = 0
for key, value in pairs(index) do
  count = count + value.position
end
local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
local parts = ""
for i = 1, 300 do parts = parts .. string.rep(string.char(97 + i % 26), i) end
words, index = nil, nil
collectgarbage()
print(#text, count, deep(5000), #parts, (text:gsub("word", "")):sub(1, 40))
