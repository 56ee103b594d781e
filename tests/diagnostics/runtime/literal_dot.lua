local upper = ("abc").upper()
