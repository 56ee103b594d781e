local seen, name = {}, nil
seen[name] = true
