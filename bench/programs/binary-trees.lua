-- Binary trees, as in the Computer Language Benchmarks Game: builds complete
-- trees of tables and counts their nodes. The argument is the largest depth.
local function tree(depth)
  if depth == 0 then return {} end
  return { tree(depth - 1), tree(depth - 1) }
end

local function count(node)
  if not node[1] then return 1 end
  return 1 + count(node[1]) + count(node[2])
end

local largest = tonumber(arg[1])
print("stretch tree of depth " .. largest + 1, count(tree(largest + 1)))
local long_lived = tree(largest)
for depth = 4, largest, 4 do
  local times = 1 << (largest - depth + 4)
  local sum = 0
  for _ = 1, times do sum = sum + count(tree(depth)) end
  print(times .. " trees of depth " .. depth, sum)
end
print("long lived tree of depth " .. largest, count(long_lived))
