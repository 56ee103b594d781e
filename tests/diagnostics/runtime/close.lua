local x <close> = 5
