-- Builds strings: formats, concatenates, joins, replaces, keeps some as keys.
-- The argument is how many rounds; each makes some 2,000 strings.
local length, keys, sum = 0, {}, 0
for round = 1, tonumber(arg[1]) do
  local words = {}
  for i = 1, 500 do
    local word = "word " .. i .. " of round " .. round
    words[i] = string.format("%s: %d", word, i * round % 1000)
    keys[string.sub(word, 1, 12)] = i
  end
  local text = table.concat(words, ", ")
  local changed = string.gsub(text, "of round", "in")
  local upper = string.upper(changed)
  local tail = ""
  for i = 1, 50 do tail = tail .. string.rep(string.char(97 + i % 26), i % 7) end
  length = length + #text + #changed + #tail
  sum = sum + string.byte(upper, round % #upper + 1)
end
local count = 0
for _ in pairs(keys) do count = count + 1 end
print(length, sum, count)
