// Small blocks from malloc, each given back with free.
#include <stdio.h>
#include <stdlib.h>

typedef struct Tree {
    struct Tree *left, *right;
} Tree;

static Tree *make(int depth) {
    Tree *t = malloc(sizeof *t);
    if (!t) abort();
    if (depth == 0) {
        t->left = t->right = NULL;
    } else {
        t->left = make(depth - 1);
        t->right = make(depth - 1);
    }
    return t;
}

static long count(const Tree *t) {
    return t->left ? 1 + count(t->left) + count(t->right) : 1;
}

static void release(Tree *t) {
    if (t->left) {
        release(t->left);
        release(t->right);
    }
    free(t);
}

int main(void) {
    const int max_depth = 15;
    Tree *stretch = make(max_depth + 1);
    printf("stretch %ld\n", count(stretch));
    release(stretch);
    Tree *long_lived = make(max_depth);
    for (int depth = 4; depth <= max_depth; depth += 3) {
        long rounds = 1L << (max_depth - depth + 4), total = 0;
        for (long i = 0; i < rounds; i++) {
            Tree *t = make(depth);
            total += count(t);
            release(t);
        }
        printf("%ld trees of depth %d: %ld\n", rounds, depth, total);
    }
    printf("long lived %ld\n", count(long_lived));
    release(long_lived);
    return 0;
}
