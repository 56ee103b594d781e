try {
  error("x")
}
