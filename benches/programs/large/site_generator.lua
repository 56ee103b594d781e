-- A site in strings: pages in a light markup become HTML (blocks, inline marks, lists, tables, code),
-- wrapped by templates that are compiled to closures; then an index of words and a table of links.

local format, rep, gsub, find, sub, match =
  string.format, string.rep, string.gsub, string.find, string.sub, string.match
local concat = table.concat

local seed = 31337
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end

---------------------------------------------------------------------------------------------------
-- Pages

local vocabulary = {}
for word in ([[time year people way day man thing woman life child world school state family student
group country problem hand part place case week company system program question work government
number night point home water room mother area money story fact month lot right study book eye job
word business issue side kind head house service friend father power hour game line end member law
car city community name president team minute idea body information back parent face others level
office door health person art war history party result change morning reason research girl guy
moment air teacher force education]]):gmatch("%a+") do
  vocabulary[#vocabulary + 1] = word
end

local function words(n)
  local list = {}
  for i = 1, n do
    local word = vocabulary[random(#vocabulary)]
    local mark = random(24)
    if mark == 1 then
      word = "*" .. word .. "*"
    elseif mark == 2 then
      word = "**" .. word .. " " .. vocabulary[random(#vocabulary)] .. "**"
    elseif mark == 3 then
      word = "`" .. word .. " < " .. random(100) .. "`"
    elseif mark == 4 then
      word = format("[%s](/%s-%d.html)", word, word, random(60))
    elseif mark == 5 then
      word = word .. " & " .. vocabulary[random(#vocabulary)]
    end
    list[i] = word
  end
  return concat(list, " ")
end

local function paragraph()
  local sentences = {}
  for i = 1, random(5) do
    sentences[i] = words(random(16) + 3):gsub("^%l", string.upper) .. "."
  end
  return concat(sentences, random(3) == 1 and "\n" or " ") .. "\n\n"
end

local makers = {
  paragraph,
  paragraph,
  paragraph,
  paragraph,
  function() return rep("#", random(3) + 1) .. " " .. words(random(5)) .. "\n\n" end,
  function()
    local items = {}
    for i = 1, random(6) + 1 do
      items[i] = rep("  ", random(2) - 1) .. "- " .. words(random(8)) .. "\n"
    end
    return concat(items) .. "\n"
  end,
  function()
    local items = {}
    for i = 1, random(5) + 1 do
      items[i] = i .. ". " .. words(random(8)) .. "\n"
    end
    return concat(items) .. "\n"
  end,
  function()
    local lines = {"```\n"}
    for i = 1, random(6) do
      lines[i + 1] = format(
        "if (%s < %d && %s) { %s(); }\n",
        words(1),
        random(99),
        words(1),
        words(1)
      )
    end
    return concat(lines) .. "```\n\n"
  end,
  function()
    local rows = {"| name | amount | share |\n|---|---:|---:|\n"}
    for i = 1, random(6) do
      rows[i + 1] = format("| %s | %d | %.1f %% |\n", words(2), random(5000), random(1000) / 10)
    end
    return concat(rows) .. "\n"
  end,
  function() return "> " .. words(random(12) + 2) .. "\n> " .. words(5) .. "\n\n" end,
}

local function page(number)
  local parts = {
    "title: "
      .. words(4):gsub("[%*`]", "")
      .. "\ndate: 2024-"
      .. format("%02d-%02d", random(12), random(28))
      .. "\n---\n",
  }
  for i = 1, random(20) + 20 do
    parts[i + 1] = makers[random(#makers)]()
  end
  return {name = format("page-%d", number), text = concat(parts)}
end

---------------------------------------------------------------------------------------------------
-- Inline marks

local entities = {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;"}

local function escape(text)
  return (gsub(text, '[&<>"]', entities))
end

local links

local function inline(text)
  local codes = {}
  text = gsub(text, "`([^`]+)`", function(code)
    codes[#codes + 1] = "<code>" .. escape(code) .. "</code>"
    return "\1" .. #codes .. "\2"
  end)
  text = escape(text)
  text = gsub(text, "%[([^%]]+)%]%(([^%)]+)%)", function(label, target)
    links[target] = (links[target] or 0) + 1
    return format('<a href="%s">%s</a>', target, label)
  end)
  text = gsub(text, "%*%*(.-)%*%*", "<strong>%1</strong>")
  text = gsub(text, "%*(.-)%*", "<em>%1</em>")
  return (gsub(text, "\1(%d+)\2", function(n) return codes[tonumber(n)] end))
end

---------------------------------------------------------------------------------------------------
-- Blocks: the first rule whose pattern fits the line takes as many lines as it likes.

local Converter = {}
Converter.__index = Converter

function Converter.new(text)
  local lines, at = {}, 1
  while at <= #text do
    local stop = find(text, "\n", at, true) or #text + 1
    lines[#lines + 1] = sub(text, at, stop - 1)
    at = stop + 1
  end
  return setmetatable({lines = lines, at = 1, out = {}, headings = {}}, Converter)
end

function Converter:put(text)
  self.out[#self.out + 1] = text
end

function Converter:heading(marks, text)
  local level = #marks
  local slug = text:lower():gsub("[^%w]+", "-"):gsub("^%-", ""):gsub("%-$", "")
  self.headings[#self.headings + 1] = {level = level, slug = slug, text = text}
  self:put(format('<h%d id="%s">%s</h%d>\n', level, slug, inline(text), level))
  self.at = self.at + 1
end

function Converter:code()
  self:put("<pre>")
  self.at = self.at + 1
  while self.lines[self.at] and self.lines[self.at] ~= "```" do
    self:put(escape(self.lines[self.at]) .. "\n")
    self.at = self.at + 1
  end
  self:put("</pre>\n")
  self.at = self.at + 1
end

function Converter:list(tag, pattern)
  local open = 0
  while true do
    local line = self.lines[self.at]
    local indent, text = match(line or "", pattern)
    if not indent then
      break
    end
    local level = #indent / 2 + 1
    while open < level do
      self:put("<" .. tag .. ">\n")
      open = open + 1
    end
    while open > level do
      self:put("</" .. tag .. ">\n")
      open = open - 1
    end
    self:put("<li>" .. inline(text) .. "</li>\n")
    self.at = self.at + 1
  end
  self:put(rep("</" .. tag .. ">\n", open))
end

function Converter:table()
  local cell = "th"
  self:put("<table>\n")
  while true do
    local line = self.lines[self.at]
    if not line or sub(line, 1, 1) ~= "|" then
      break
    end
    if find(line, "^|[%-|:]+$") then
      cell = "td"
    else
      local cells = {}
      for text in line:gmatch("|%s*([^|]-)%s*%f[|]") do
        cells[#cells + 1] = format("<%s>%s</%s>", cell, inline(text), cell)
      end
      self:put("<tr>" .. concat(cells) .. "</tr>\n")
    end
    self.at = self.at + 1
  end
  self:put("</table>\n")
end

function Converter:quote()
  local parts = {}
  while true do
    local text = match(self.lines[self.at] or "", "^> (.*)$")
    if not text then
      break
    end
    parts[#parts + 1] = text
    self.at = self.at + 1
  end
  self:put("<blockquote>" .. inline(concat(parts, " ")) .. "</blockquote>\n")
end

function Converter:paragraph()
  local from = self.at
  while self.lines[self.at] and self.lines[self.at] ~= "" do
    self.at = self.at + 1
  end
  self:put("<p>" .. inline(concat(self.lines, "\n", from, self.at - 1)) .. "</p>\n")
end

function Converter:run()
  while self.at <= #self.lines do
    local line = self.lines[self.at]
    local marks, text = match(line, "^(#+)%s+(.*)$")
    if line == "" then
      self.at = self.at + 1
    elseif marks then
      self:heading(marks, text)
    elseif line == "```" then
      self:code()
    elseif find(line, "^%s*%- ") then
      self:list("ul", "^(%s*)%- (.*)$")
    elseif find(line, "^%d+%. ") then
      self:list("ol", "^(%s*)%d+%. (.*)$")
    elseif sub(line, 1, 1) == "|" then
      self:table()
    elseif sub(line, 1, 2) == "> " then
      self:quote()
    else
      self:paragraph()
    end
  end
  return concat(self.out)
end

---------------------------------------------------------------------------------------------------
-- Templates: {{name}}, {{#list}}…{{/list}}, {{?flag}}…{{/flag}}, {{name|filter}}.

local filters = {
  upper = string.upper,
  escape = escape,
  length = function(s) return tostring(#s) end,
}

local function lookup(context, name)
  while context do
    local value = context[name]
    if value ~= nil then
      return value
    end
    context = context.parent
  end
  return ""
end

local function compile(text, at, closing)
  local steps = {}
  while true do
    local from, to, kind, name, filter = find(text, "{{([#/?]?)(%w+)|?(%w*)}}", at)
    if not from then
      assert(not closing, "not closed: " .. tostring(closing))
      local rest = sub(text, at)
      steps[#steps + 1] = function(_, out) out[#out + 1] = rest end
      return steps, #text + 1
    end
    local literal = sub(text, at, from - 1)
    steps[#steps + 1] = function(_, out) out[#out + 1] = literal end
    at = to + 1
    if kind == "/" then
      assert(name == closing)
      return steps, at
    elseif kind == "" then
      local apply = filters[filter]
      steps[#steps + 1] = function(context, out)
        local value = tostring(lookup(context, name))
        out[#out + 1] = apply and apply(value) or value
      end
    else
      local inner
      inner, at = compile(text, at, name)
      steps[#steps + 1] = function(context, out)
        local value = lookup(context, name)
        if kind == "?" then
          value = value ~= "" and value ~= false and {context} or {}
        end
        for _, item in ipairs(value) do
          if kind == "#" then
            item.parent = context
          end
          for _, step in ipairs(inner) do
            step(item, out)
          end
        end
      end
    end
  end
end

local function template(text)
  local steps = compile(text, 1)
  return function(context)
    local out = {}
    for _, step in ipairs(steps) do
      step(context, out)
    end
    return concat(out)
  end
end

local layout = template [[
<!doctype html>
<html><head><title>{{title|escape}} — {{site|upper}}</title></head>
<body>{{?headings}}<nav>{{#headings}}<a class="l{{level}}" href="#{{slug}}">{{text|escape}}</a>
{{/headings}}</nav>{{/headings}}
<main>{{body}}</main>
<footer>{{date}}, {{body|length}} bytes, {{site}}</footer></body></html>
]]

---------------------------------------------------------------------------------------------------
-- The site

local function checksum(text, sum)
  for i = 1, #text, 11 do
    sum = (sum * 31 + text:byte(i)) % 16777213
  end
  return sum
end

local pages = {}
for i = 1, 200 do
  pages[i] = page(i)
end

for round = 1, 4 do
  links = {}
  local counts, total, sum = {}, 0, 1
  for _, p in ipairs(pages) do
    local head, body = match(p.text, "^(.-)\n%-%-%-\n(.*)$")
    local context = {site = "The site of round " .. round}
    for key, value in head:gmatch("(%w+):%s*([^\n]+)") do
      context[key] = value
    end
    local converter = Converter.new(body)
    context.body = converter:run()
    context.headings = converter.headings
    local html = layout(context)
    total = total + #html
    sum = checksum(html, sum)
    for word in gsub(html, "<[^>]*>", " "):gmatch("%a+") do
      word = word:lower()
      counts[word] = (counts[word] or 0) + 1
    end
  end
  local list = {}
  for word, count in pairs(counts) do
    list[#list + 1] = {word, count}
  end
  table.sort(list, function(a, b) return a[2] > b[2] or a[2] == b[2] and a[1] < b[1] end)
  local targets, most = 0, 0
  for _, count in pairs(links) do
    targets = targets + 1
    most = math.max(most, count)
  end
  print(
    format(
      "%d bytes, sum %d, %d words, most '%s' %d, %d targets, most %d",
      total,
      sum,
      #list,
      list[1][1],
      list[1][2],
      targets,
      most
    )
  )
end
