// The same trees from a pool: blocks are cut from chunks one after the other, and a whole tree is
// given back at once by rewinding.
#include <stdio.h>
#include <stdlib.h>

typedef struct Tree {
    struct Tree *left, *right;
} Tree;

enum { CHUNK = 1 << 16 };

typedef struct Chunk {
    struct Chunk *next;
    Tree trees[CHUNK];
} Chunk;

typedef struct {
    Chunk *first, *current;
    size_t used;
} Pool;

static Chunk *new_chunk(void) {
    Chunk *c = malloc(sizeof *c);
    if (!c) abort();
    c->next = NULL;
    return c;
}

static Tree *take(Pool *p) {
    if (!p->current) {
        p->first = p->current = new_chunk();
    } else if (p->used == CHUNK) {
        if (!p->current->next) p->current->next = new_chunk();
        p->current = p->current->next;
        p->used = 0;
    }
    return &p->current->trees[p->used++];
}

static void rewind_pool(Pool *p) {
    p->current = p->first;
    p->used = 0;
}

static void drop_pool(Pool *p) {
    for (Chunk *c = p->first; c;) {
        Chunk *next = c->next;
        free(c);
        c = next;
    }
}

static Tree *make(Pool *p, int depth) {
    Tree *t = take(p);
    if (depth == 0) {
        t->left = t->right = NULL;
    } else {
        t->left = make(p, depth - 1);
        t->right = make(p, depth - 1);
    }
    return t;
}

static long count(const Tree *t) {
    return t->left ? 1 + count(t->left) + count(t->right) : 1;
}

int main(void) {
    const int max_depth = 15;
    Pool pool = {0}, kept = {0};
    printf("stretch %ld\n", count(make(&pool, max_depth + 1)));
    Tree *long_lived = make(&kept, max_depth);
    for (int depth = 4; depth <= max_depth; depth += 3) {
        long rounds = 1L << (max_depth - depth + 4), total = 0;
        for (long i = 0; i < rounds; i++) {
            rewind_pool(&pool);
            total += count(make(&pool, depth));
        }
        printf("%ld trees of depth %d: %ld\n", rounds, depth, total);
    }
    printf("long lived %ld\n", count(long_lived));
    drop_pool(&pool);
    drop_pool(&kept);
    return 0;
}
