error({ code = 2, message = "gone" })
