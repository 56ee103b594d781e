local s = "ok"
s = "bad \xZZ \300"
