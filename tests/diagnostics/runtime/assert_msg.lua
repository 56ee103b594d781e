assert(io.open("/nonexistent/file"))
