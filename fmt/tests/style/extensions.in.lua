const width,height=3,4
const function area() return width*height end
n+=1 name..="x" t.x??="default"
local s=`{user.name} was {f{1}} and { {1} }`
local v=if a then 1 elseif b then 2 else 3
local long = if first_condition(with_an_argument) then first_value elseif second_condition then second_value else 3
local q=config?.db?.host??config?.["x"]??config.hook?.(1)
local add=a->b->a+b
local each=|t,f|->do for i,v in ipairs(t) do f(i,v) end end
local g=|(n:number),(step=2),...|->n+step
local none=||->1
local function line(text:string,width=5,...rest:any):string? return text end
local {x,y=up,z??0}={x=1,y=2}
local [first,[second],...rest]={1,{2},3}
for _,{name,tags=[tag]} in ipairs(list) do print(name,tag) end
match v do
case 0 then return "zero"
case 1|2|3 then
  few()

case {kind="circle",r} if r>0 then circle(r)
else other() end
if local n=tonumber(s) then print(n) elseif local m=f() then print(m) end
while local line=next_line() do print(line) end
defer file:close()
defer do a() b() end
try do risky() catch e then handle(e) finally do done() end
global print,limit
global <const> *
type Point={x:number,y:number,read z:string?}
export type Visitor<T,U=string>=(T,...any)->boolean?
type Union=|"a"|"b"
type Nested=Map<string,Map<string,number>>
local p=x::Point<number>
for i=1,3 do if i%2==0 then continue end print(i) end
