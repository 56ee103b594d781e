local function area(w, h) return width * h, w end
print(area(1, 2))
