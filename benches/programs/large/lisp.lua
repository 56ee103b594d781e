-- A Lisp: reader, macros, compilation to closures, tail calls by trampoline, and programs in it:
-- queens, sorting, a symbolic differentiator, an evaluator of itself, streams.

local format, concat = string.format, table.concat

---------------------------------------------------------------------------------------------------
-- Data: numbers and booleans are Lua's, symbols and pairs are objects.

local Pair = {}
Pair.__index = Pair
local NIL = setmetatable({}, {__tostring = function() return "()" end})

local function cons(first, rest)
  return setmetatable({first = first, rest = rest}, Pair)
end

local Symbol = {}
Symbol.__index = Symbol
Symbol.__tostring = function(s) return s.name end
local symbols = {}

local function symbol(name)
  local s = symbols[name]
  if not s then
    s = setmetatable({name = name}, Symbol)
    symbols[name] = s
  end
  return s
end

local function is_pair(x) return getmetatable(x) == Pair end
local function is_symbol(x) return getmetatable(x) == Symbol end

local function list(...)
  local result = NIL
  for i = select("#", ...), 1, -1 do
    result = cons((select(i, ...)), result)
  end
  return result
end

local function show(x)
  if is_pair(x) then
    local parts = {}
    while is_pair(x) do
      parts[#parts + 1] = show(x.first)
      x = x.rest
    end
    if x ~= NIL then
      parts[#parts + 1] = ". " .. show(x)
    end
    return "(" .. concat(parts, " ") .. ")"
  elseif type(x) == "number" then
    return format("%d", x)
  elseif type(x) == "boolean" then
    return x and "#t" or "#f"
  end
  return tostring(x)
end

---------------------------------------------------------------------------------------------------
-- Reader

local function read_all(text)
  local at = 1
  local read
  local function token()
    while true do
      at = text:find("%S", at)
      if not at then
        return nil
      elseif text:sub(at, at) == ";" then
        at = text:find("\n", at, true) or #text + 1
      else
        break
      end
    end
    local from, to = text:find("^[()']", at)
    if not from then
      from, to = text:find("^[^%s()']+", at)
    end
    at = to + 1
    return text:sub(from, to)
  end
  local function rest()
    local items = {}
    while true do
      local t = token()
      if t == ")" then
        return list((table.unpack or unpack)(items))
      end
      items[#items + 1] = read(assert(t, "a parenthesis is missing"))
    end
  end
  function read(t)
    if t == "(" then
      return rest()
    elseif t == "'" then
      return list(symbol("quote"), read(token()))
    elseif t == "#t" or t == "#f" then
      return t == "#t"
    end
    return tonumber(t) or symbol(t)
  end
  return function()
    local t = token()
    if t then
      return read(t)
    end
  end
end

---------------------------------------------------------------------------------------------------
-- Compilation: an expression becomes a function of its frame; a frame is an array of values whose
-- slot 0 is the frame around it. Calls in tail position return a request to the trampoline.

local globals = {}
local special, macros = {}, {}
local compile

local Tail = {}

local function apply(f, args)
  while true do
    if type(f) == "function" then
      return f((table.unpack or unpack)(args))
    end
    local frame = args
    frame[0] = f.frame
    local result = f.body(frame)
    if result ~= Tail then
      return result
    end
    f, args = Tail.f, Tail.args
  end
end

local function find(name, scope)
  local depth = 0
  while scope do
    local slot = scope[name]
    if slot then
      return depth, slot
    end
    scope, depth = scope.parent, depth + 1
  end
end

local function compile_symbol(name, scope)
  local depth, slot = find(name, scope)
  if not depth then
    return function()
      local value = globals[name]
      if value == nil then
        error("nobody knows " .. name.name, 0)
      end
      return value
    end
  elseif depth == 0 then
    return function(frame) return frame[slot] end
  elseif depth == 1 then
    return function(frame) return frame[0][slot] end
  end
  return function(frame)
    for _ = 1, depth do
      frame = frame[0]
    end
    return frame[slot]
  end
end

local function compile_call(x, scope, tail)
  local f = compile(x.first, scope, false)
  local args, n = {}, 0
  local rest = x.rest
  while rest ~= NIL do
    n = n + 1
    args[n] = compile(rest.first, scope, false)
    rest = rest.rest
  end
  local a, b = args[1], args[2]
  local function collect(frame)
    if n == 1 then
      return {a(frame)}
    elseif n == 2 then
      return {a(frame), (b(frame))}
    end
    local values = {}
    for i = 1, n do
      values[i] = args[i](frame)
    end
    return values
  end
  if tail then
    return function(frame)
      local callee = f(frame)
      if type(callee) == "function" then
        if n == 1 then
          return callee((a(frame)))
        elseif n == 2 then
          return callee(a(frame), (b(frame)))
        end
        return apply(callee, collect(frame))
      end
      Tail.args = collect(frame)
      Tail.f = callee
      return Tail
    end
  end
  return function(frame)
    local callee = f(frame)
    if type(callee) == "function" then
      if n == 1 then
        return (callee((a(frame))))
      elseif n == 2 then
        return (callee(a(frame), (b(frame))))
      end
    end
    return apply(callee, collect(frame))
  end
end

local function compile_body(x, scope, tail)
  local steps, n = {}, 0
  while x ~= NIL do
    n = n + 1
    steps[n] = compile(x.first, scope, tail and x.rest == NIL)
    x = x.rest
  end
  if n == 1 then
    return steps[1]
  end
  return function(frame)
    for i = 1, n - 1 do
      steps[i](frame)
    end
    return steps[n](frame)
  end
end

local function compile_lambda(params, body, scope)
  local inner, n = {parent = scope}, 0
  while params ~= NIL do
    n = n + 1
    inner[params.first] = n
    params = params.rest
  end
  inner.size = n
  local code = compile_body(body, inner, true)
  return function(frame)
    return {body = code, frame = frame}
  end
end

function special.quote(x)
  local value = x.rest.first
  return function() return value end
end

special["if"] = function(x, scope, tail)
  local condition = compile(x.rest.first, scope, false)
  local yes = compile(x.rest.rest.first, scope, tail)
  local no = x.rest.rest.rest ~= NIL and compile(x.rest.rest.rest.first, scope, tail) or function()
    return false
  end
  return function(frame)
    if condition(frame) ~= false then
      return yes(frame)
    end
    return no(frame)
  end
end

function special.lambda(x, scope)
  return compile_lambda(x.rest.first, x.rest.rest, scope)
end

function special.define(x, scope)
  local name, value = x.rest.first, nil
  if is_pair(name) then
    value = compile_lambda(name.rest, x.rest.rest, scope)
    name = name.first
  else
    value = compile(x.rest.rest.first, scope, false)
  end
  return function(frame)
    globals[name] = value(frame)
    return name
  end
end

special["set!"] = function(x, scope)
  local name, value = x.rest.first, compile(x.rest.rest.first, scope, false)
  local depth, slot = find(name, scope)
  return function(frame)
    if not depth then
      globals[name] = value(frame)
    else
      local target = frame
      for _ = 1, depth do
        target = target[0]
      end
      target[slot] = value(frame)
    end
    return false
  end
end

function special.begin(x, scope, tail)
  return compile_body(x.rest, scope, tail)
end

function macros.let(x)
  local names, values = {}, {}
  local bindings = x.rest.first
  while bindings ~= NIL do
    names[#names + 1] = bindings.first.first
    values[#values + 1] = bindings.first.rest.first
    bindings = bindings.rest
  end
  local unpack = table.unpack or unpack
  return cons(cons(symbol("lambda"), cons(list(unpack(names)), x.rest.rest)), list(unpack(values)))
end

function macros.cond(x)
  local clauses = x.rest
  if clauses == NIL then
    return false
  end
  local clause = clauses.first
  if clause.first == symbol("else") then
    return cons(symbol("begin"), clause.rest)
  end
  return list(
    symbol("if"),
    clause.first,
    cons(symbol("begin"), clause.rest),
    cons(symbol("cond"), clauses.rest)
  )
end

macros["and"] = function(x)
  if x.rest == NIL then
    return true
  elseif x.rest.rest == NIL then
    return x.rest.first
  end
  return list(symbol("if"), x.rest.first, cons(symbol("and"), x.rest.rest), false)
end

macros["or"] = function(x)
  if x.rest == NIL then
    return false
  end
  return list(
    symbol("let"),
    list(list(symbol("it"), x.rest.first)),
    list(symbol("if"), symbol("it"), symbol("it"), cons(symbol("or"), x.rest.rest))
  )
end

macros["cons-stream"] = function(x)
  return list(symbol("cons"), x.rest.first, list(symbol("lambda"), NIL, x.rest.rest.first))
end

function compile(x, scope, tail)
  if is_symbol(x) then
    return compile_symbol(x, scope)
  elseif not is_pair(x) then
    return function() return x end
  elseif is_symbol(x.first) and not find(x.first, scope) then
    local name = x.first.name
    if special[name] then
      return special[name](x, scope, tail)
    elseif macros[name] then
      return compile(macros[name](x), scope, tail)
    end
  end
  return compile_call(x, scope, tail)
end

---------------------------------------------------------------------------------------------------
-- Primitives

local function primitive(name, f)
  globals[symbol(name)] = f
end

primitive("+", function(a, b) return a + b end)
primitive("-", function(a, b) return a - b end)
primitive("*", function(a, b) return a * b end)
primitive("mod", function(a, b) return a % b end)
primitive("=", function(a, b) return a == b end)
primitive("<", function(a, b) return a < b end)
primitive("eq?", function(a, b) return a == b end)
primitive("not", function(a) return a == false end)
primitive("cons", cons)
primitive("car", function(p) return p.first end)
primitive("cdr", function(p) return p.rest end)
primitive("set-car!", function(p, v)
  p.first = v
  return p
end)
primitive("null?", function(x) return x == NIL end)
primitive("pair?", is_pair)
primitive("symbol?", is_symbol)
primitive("number?", function(x) return type(x) == "number" end)
primitive("list", list)

local function run(text)
  local result
  for x in read_all(text) do
    result = apply({body = compile(x, nil, true), frame = false}, {})
  end
  return result
end

---------------------------------------------------------------------------------------------------
-- Programs

run [[
(define (cadr x) (car (cdr x)))
(define (caddr x) (cadr (cdr x)))
(define (append a b) (if (null? a) b (cons (car a) (append (cdr a) b))))
(define (map f l) (if (null? l) '() (cons (f (car l)) (map f (cdr l)))))
(define (filter f l)
  (cond ((null? l) '()) ((f (car l)) (cons (car l) (filter f (cdr l)))) (else (filter f (cdr l)))))
(define (fold f start l) (if (null? l) start (fold f (f start (car l)) (cdr l))))
(define (range a b) (if (< a b) (cons a (range (+ a 1) b)) '()))
(define (length l) (fold (lambda (n x) (+ n 1)) 0 l))

(define (safe? row distance others)
  (or (null? others)
      (and (not (= (car others) row))
           (not (= (car others) (+ row distance)))
           (not (= (car others) (- row distance)))
           (safe? row (+ distance 1) (cdr others)))))
(define (queens n)
  (define (place k rows)
    (if (= k 0) 1
      (fold (lambda (sum row) (if (safe? row 1 rows) (+ sum (place (- k 1) (cons row rows))) sum))
        0 (range 0 n))))
  (place n '()))

(define (quicksort l)
  (if (null? l) '()
    (let ((p (car l)) (rest (cdr l)))
      (append (quicksort (filter (lambda (x) (< x p)) rest))
        (cons p (quicksort (filter (lambda (x) (not (< x p))) rest)))))))
(define (noise n seed) (if (= n 0) '() (cons seed (noise (- n 1) (mod (+ (* seed 421) 1663) 7875)))))

(define (derive e x)
  (cond ((number? e) 0)
        ((symbol? e) (if (eq? e x) 1 0))
        ((eq? (car e) '+) (list '+ (derive (cadr e) x) (derive (caddr e) x)))
        ((eq? (car e) '*) (list '+ (list '* (cadr e) (derive (caddr e) x))
                                   (list '* (derive (cadr e) x) (caddr e))))))
(define (simplify e)
  (if (pair? e)
    (let ((a (simplify (cadr e))) (b (simplify (caddr e))))
      (cond ((and (number? a) (number? b)) (if (eq? (car e) '+) (+ a b) (* a b)))
            ((and (eq? (car e) '+) (eq? a 0)) b)
            ((and (eq? (car e) '+) (eq? b 0)) a)
            ((and (eq? (car e) '*) (or (eq? a 0) (eq? b 0))) 0)
            ((and (eq? (car e) '*) (eq? a 1)) b)
            ((and (eq? (car e) '*) (eq? b 1)) a)
            (else (list (car e) a b))))
    e))
(define (times n f x) (if (= n 0) x (times (- n 1) f (f x))))
(define (size e) (if (pair? e) (+ 1 (+ (size (cadr e)) (size (caddr e)))) 1))

(define (lookup name env) (if (eq? (car (car env)) name) (cadr (car env)) (lookup name (cdr env))))
(define (evaluate e env)
  (cond ((number? e) e)
        ((symbol? e) (lookup e env))
        ((eq? (car e) 'if)
          (if (not (= 0 (evaluate (cadr e) env))) (evaluate (caddr e) env)
            (evaluate (cadr (cdr (cdr e))) env)))
        ((eq? (car e) 'less) (if (< (evaluate (cadr e) env) (evaluate (caddr e) env)) 1 0))
        ((eq? (car e) 'plus) (+ (evaluate (cadr e) env) (evaluate (caddr e) env)))
        ((eq? (car e) 'minus) (- (evaluate (cadr e) env) (evaluate (caddr e) env)))
        (else (let ((f (lookup (car e) env)))
          (evaluate (cadr f) (cons (list (car f) (evaluate (cadr e) env)) env))))))

(define (integers n) (cons-stream n (integers (+ n 1))))
(define (tail s) ((cdr s)))
(define (sieve s)
  (let ((p (car s)))
    (cons-stream p (sieve (keep (lambda (n) (not (= 0 (mod n p)))) (tail s))))))
(define (keep f s) (if (f (car s)) (cons-stream (car s) (keep f (tail s))) (keep f (tail s))))
(define (nth s n) (if (= n 0) (car s) (nth (tail s) (- n 1))))
(define (count n acc) (if (= n 0) acc (count (- n 1) (+ acc (mod n 7)))))
]]

print("queens", show(run "(queens 7)"))
print("sorted", show(run [[(let ((l (quicksort (noise 3000 13))))
  (list (length l) (car l) (nth (cons 5 (lambda () l)) 0) (fold (lambda (a b) (mod (+ (* a 31) b) 65521)) 0 l)))]]))
print("derived", show(run [[(let ((e (times 6 (lambda (e) (list '* (list '+ 'x e) 'x)) 'x)))
  (list (size (simplify (derive e 'x))) (size (simplify (derive (simplify (derive e 'x)) 'x)))))]]))
print("derived", show(run "(simplify (derive '(+ (* x x) (* 3 x)) 'x))"))
print("evaluated", show(run [[(evaluate '(fib 15)
  '((fib (n (if (less n 2) n (plus (fib (minus n 1)) (fib (minus n 2))))))))]]))
print("primes", show(run "(nth (sieve (integers 2)) 150)"))
print("counted", show(run "(count 200000 0)"))
print(pcall(run, "(car (undefined 3))"))
