// Recursive calls and integer arithmetic. The function is kept from being inlined into itself, as
// far as C lets us ask for that.
#include <inttypes.h>
#include <stdio.h>

__attribute__((noinline)) static int64_t fib(int64_t n) {
    if (n < 2) return n;
    return fib(n - 1) + fib(n - 2);
}

int main(void) {
    volatile int64_t n = 35;
    printf("fib %" PRId64 "\n", fib(n));
    return 0;
}
