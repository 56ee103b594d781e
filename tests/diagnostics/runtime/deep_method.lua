local app = { net = {} }
app.net.socket:close()
