local app = {}
app.settings.theme = "dark"
