local short = function_name(argument)
local long = function_name(first_argument, second_argument, third_argument, fourth_argument, fifth_one)
local text = "first part of a long text " .. value .. " second part of a long text " .. other .. " end"
local decision = first_condition and second_condition(with_an_argument) or third_condition and fourth_condition
if first_condition and second_condition(with_an_argument) or third_condition and fourth_condition then return end
local wide = "a string that is so long that it does not fit on the line of the name that it is given to"
local first, second, third = compute_the_first_value(), compute_the_second_value(), compute_the_third_value()
local M = M or {
  field = 1
}
call_with_a_function(first_argument, function(parameter) return parameter + 1, parameter + 2, "more" end)
call_with_a_table(first_argument, { first_field = 1, second_field = 2, third_field = 3, fourth_field = 4 })
xpcall(function() work() end, function(message)
  return message
end)
setmetatable({ first_field = 1, second_field = 2, third_field = 3, fourth_field = 4, fifth = 5 }, meta)
object:first_method(1):second_method(2, 3):third_method("with an argument"):fourth_method("with another one")
object:first_method(1):second_method(2)
local rows = {
  1, 0, 0,
  0, 1, 0,
}
local primes = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97}
local nested = { { 1, 2 }, { 3, 4 } }
local mixed = {1, 2; x = 3, ["key"] = 4, [5] = {
  6 }, }
local long_bracket = f([[
text
]], 1)
local key = a[ [[x]] ][b[ [=[y]=] ] ]
local minus = - - x, not not y, -(-x), 2^-3
local _ = require "module" "twice" { 1 }

local OPERATORS = {
  Add = "+", Sub = "-",
  ["Mul"] = "*", Div = "/"
}
local wide_names = {Add = "+", Sub = "-", Mul = "*", Div = "/", Mod = "%", Pow = "^", Concat = "..", Length = "#"}
