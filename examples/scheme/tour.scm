; What the language has; beside each line, what it prints.

(define (fact n) (if (= n 0) 1 (* n (fact (- n 1)))))
(print (fact 20))                                       ; expect: 2432902008176640000

; Calls in tail position need no stack, whatever their number.
(define (count n) (if (= n 0) 'done (count (- n 1))))
(print (count 1000000))                                 ; expect: done
(define (even n) (if (= n 0) #t (odd n)))
(define (odd n) (cond ((= n 1) #f) (else (even (- n 2)))))
(print (even 1000000))                                  ; expect: true
(print (let loop ((i 0) (sum 0))
         (if (< i 100000) (loop (+ i 1) (+ sum i)) sum))) ; expect: 4999950000

; Closures.
(define (make-counter)
  (let ((n 0)) (lambda () (set! n (+ n 1)) n)))
(define a (make-counter))
(define b (make-counter))
(a) (a)
(print (a) (b))                                         ; expect: 3 1
(define counters
  (let loop ((i 0) (made '()))
    (if (= i 3) made (loop (+ i 1) (cons (lambda () (set! i (+ i 10)) i) made)))))
(print ((car counters)) ((car counters)) ((car (cdr counters)))) ; expect: 12 22 11

; Definitions inside of a body, let, let*, letrec.
(define (roots x)
  (define (near guess) (if (< (distance guess) 0.001) guess (near (/ (+ guess (/ x guess)) 2))))
  (define (distance guess) (math.abs (- (* guess guess) x)))
  (near 1))
(print (string.format "%.2f" (roots 2)))                ; expect: 1.41
(define x 1)
(print (let ((x 2) (y x)) (+ x y)) (let* ((x 2) (y x)) (+ x y)) ; expect: 3 4 true
       (letrec ((e (lambda (n) (if (= n 0) #t (o (- n 1)))))
                (o (lambda (n) (if (= n 0) #f (e (- n 1))))))
         (e 1000)))

; Lists, symbols, strings; what quote takes stays data.
(print '(1 "two" (three . 4) ()) (cdr '(1)) (car '(a b))) ; expect: (1 two (three . 4) ()) () a
(define (map f l) (if (null? l) '() (cons (f (car l)) (map f (cdr l)))))
(print (map (lambda (x) (* x x)) (list 1 2 3)))         ; expect: (1 4 9)
(define (show first . rest) (print first rest))
(show 1)                                                ; expect: 1 ()
(show 1 2 3)                                            ; expect: 1 (2 3)
(print ((lambda all all) 1 2) (apply + '(1 2 3)) (eq? 'a 'a)) ; expect: (1 2) 6 true

; Conditions: and, or, cond, begin; comparisons are values too.
(print (and) (or) (and 1 2) (and #f (error "never")) (or #f 3) (or 1 (error "never")))
; expect: true false 2 false 3 1
(print (cond ((> 1 2) 'a) ((and (<= 1 1) #f) 'b) (else 'c)) (cond (#f 1)) (begin 1 2) (< 1 2))
; expect: c nil 2 true
(print (+ 1 2 3) (- 5) (* 2 (modulo 7 3)) (/ 1 4) (>= 2 2) (not 1)) ; expect: 6 -5 2 0.25 true false

; The names of special forms can be variables.
(define (odd-names if list) (+ if list))
(print (odd-names 1 2))                                 ; expect: 3
