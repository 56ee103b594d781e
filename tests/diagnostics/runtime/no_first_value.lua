score = score + 1
