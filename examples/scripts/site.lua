-- Makes a web site of texts: every *.txt in a folder becomes a page, and there is an index.
-- luka site.lua SOURCE TARGET
local args, fs, path, text =
  require "luka.args", require "luka.fs", require "luka.path", require "luka.text"

local options = args.new("site", "Makes a web site of texts.")
  :positional("source", "a folder of *.txt: the title in the first line, paragraphs, *emphasis*")
  :positional("target", "the folder for the pages")
  :run()

local PAGE = "<!doctype html>\n<title>{title}</title>\n<h1>{title}</h1>\n{body}"

local function escape(s)
  return (s:gsub("[&<>]", {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;"}))
end

assert(fs.mkdir(options.target))
local links = {}
for file in fs.walk(options.source, "**.txt") do
  local title, rest = assert(fs.read(file)):match "^([^\n]*)\n*(.*)$"
  local body = {}
  for _, paragraph in ipairs(text.split(text.trim(rest), "\n\n")) do
    body[#body + 1] = "<p>" .. escape(paragraph):gsub("%*([^*]+)%*", "<em>%1</em>") .. "</p>\n"
  end
  local name = path.with_ext(path.relative(file, options.source), ".html")
  local target = path.join(options.target, name)
  assert(fs.mkdir(path.dir(target)))
  assert(fs.write(target, text.fill(PAGE, {title = escape(title), body = table.concat(body)})))
  links[#links + 1] = ('<li><a href="%s">%s</a></li>\n'):format(name, escape(title))
end
assert(fs.write(path.join(options.target, "index.html"), text.fill(PAGE, {
  title = "Index",
  body = "<ul>\n" .. table.concat(links) .. "</ul>\n",
})))
print(#links .. " pages")
