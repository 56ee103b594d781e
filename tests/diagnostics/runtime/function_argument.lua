math.randomseed(os.time)
