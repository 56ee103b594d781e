local {x, y} = nil
