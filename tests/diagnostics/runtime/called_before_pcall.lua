print(pcall(error("boom")))
