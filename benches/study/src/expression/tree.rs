//! Trees, programs, and the state that a run has.

use crate::technique::{Refused, Stop};

/// The number of one of `N` variables or arguments. That it is below `N` is known by construction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Index<const N: usize>(u8);

impl<const N: usize> Index<N> {
    /// # Errors
    /// There are not so many.
    pub fn new(number: usize) -> Result<Index<N>, Refused> {
        match u8::try_from(number) {
            Ok(small) if number < N => Ok(Index(small)),
            _ => Err(Refused(format!("number {number} of {N}"))),
        }
    }

    /// The number, below `N`.
    pub fn number(self) -> u8 {
        self.0
    }

    /// What it names.
    #[inline(always)]
    pub fn of(self, all: &mut [i64; N]) -> &mut i64 {
        // Changes nothing; the compiler sees that no check is needed.
        &mut all[self.0 as usize % N]
    }
}

/// Variables of a program.
pub const VARIABLES: usize = 8;
/// Arguments of a program.
pub const ARGUMENTS: usize = 2;
/// How deep a tree may be: walkers and compilers call themselves so often.
pub const DEPTH: usize = 64;

/// A tree.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A number.
    Number(i64),
    /// An argument of the program.
    Argument(Index<ARGUMENTS>),
    /// A variable.
    Variable(Index<VARIABLES>),
    /// The sum of two.
    Add(Box<Expr>, Box<Expr>),
    /// Gives a variable a value.
    Set(Index<VARIABLES>, Box<Expr>),
    /// The second, as long as the first is above 0.
    While(Box<Expr>, Box<Expr>),
    /// The first, then the second, which is its value.
    Then(Box<Expr>, Box<Expr>),
}
use Expr::{Add, Argument, Number, Set, Then, Variable, While};

/// A tree that is not too deep, with arguments to run it with.
#[derive(Clone, Debug)]
pub struct Program {
    tree: Expr,
    /// The arguments.
    pub arguments: [i64; ARGUMENTS],
}

impl Program {
    /// # Errors
    /// The tree is deeper than [`DEPTH`].
    pub fn new(tree: Expr, arguments: [i64; ARGUMENTS]) -> Result<Program, Refused> {
        if tree.is_deeper_than(DEPTH) {
            return Err(Refused(format!("a tree that is deeper than {DEPTH}")));
        }
        Ok(Program { tree, arguments })
    }

    /// Adds 13 `n` times.
    ///
    /// # Errors
    /// None: the numbers it names exist.
    pub fn sum(n: i64) -> Result<Program, Refused> {
        let (total, count) = (Index::new(0)?, Index::new(1)?);
        let (times, step) = (Index::new(0)?, Index::new(1)?);
        let b = Box::new;
        let add = Set(total, b(Add(b(Variable(total)), b(Argument(step)))));
        let less = Set(count, b(Add(b(Variable(count)), b(Number(-1)))));
        let all = While(b(Variable(count)), b(Then(b(add), b(less))));
        let start = Then(b(Set(total, b(Number(0)))), b(Set(count, b(Argument(times)))));
        Program::new(Then(b(start), b(Then(b(all), b(Variable(total))))), [n, 13])
    }

    /// The tree.
    pub fn tree(&self) -> &Expr {
        &self.tree
    }
}

impl Expr {
    fn is_deeper_than(&self, limit: usize) -> bool {
        let Some(below) = limit.checked_sub(1) else { return true };
        match self {
            Number(_) | Argument(_) | Variable(_) => false,
            Set(_, a) => a.is_deeper_than(below),
            Add(a, b) | While(a, b) | Then(a, b) => {
                a.is_deeper_than(below) || b.is_deeper_than(below)
            }
        }
    }
}

/// What changes while a program runs, for those techniques that keep it in memory.
pub struct State {
    /// The variables.
    pub variables: [i64; VARIABLES],
    /// The arguments.
    pub arguments: [i64; ARGUMENTS],
    steps: u64,
    out_of_steps: bool,
}

impl State {
    /// The state in which a program begins.
    pub fn new(arguments: [i64; ARGUMENTS], steps: u64) -> State {
        State { variables: [0; VARIABLES], arguments, steps, out_of_steps: false }
    }

    /// Pays for a time around a loop, which is left if that fails. All loops around it are left for the
    /// same reason, and what is between them ends by itself.
    #[inline(always)]
    pub fn pay<const CHECK: bool>(&mut self) -> bool {
        if CHECK {
            if self.steps == 0 {
                self.out_of_steps = true;
                return false;
            }
            self.steps -= 1;
        }
        true
    }

    /// The result of a run that has come to its end with this value.
    ///
    /// # Errors
    /// It was out of steps.
    pub fn result(&self, value: i64) -> Result<i64, Stop> {
        if self.out_of_steps { Err(Stop::Steps) } else { Ok(value) }
    }
}
