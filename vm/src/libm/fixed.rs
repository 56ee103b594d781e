//! Numbers with 320 bits behind the point, for the few results that need them.

/// A number from 0 to 2^64: limbs of 64 bits, the lowest first; the last one is the integral part.
/// Operations round down: each is too small by a few 2^-320 at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Fixed(pub [u64; 6]);

pub(super) const ZERO: Fixed = Fixed([0; 6]);
pub(super) const ONE: Fixed = Fixed([0, 0, 0, 0, 0, 1]);

/// Distances from a tie below 2^-180 are errors of the computation.
const NOTHING_ABOVE_LIMB: usize = 2;

impl Fixed {
    pub fn add(self, other: Fixed) -> Fixed {
        let (mut sum, mut carry) = (ZERO, false);
        for i in 0..6 {
            (sum.0[i], carry) = self.0[i].carrying_add(other.0[i], carry);
        }
        sum
    }

    /// The difference; `other` is not greater.
    pub fn sub(self, other: Fixed) -> Fixed {
        let (mut difference, mut borrow) = (ZERO, false);
        for i in 0..6 {
            (difference.0[i], borrow) = self.0[i].borrowing_sub(other.0[i], borrow);
        }
        difference
    }

    pub fn less(self, other: Fixed) -> bool {
        self.0.iter().rev().lt(other.0.iter().rev())
    }

    pub fn mul(self, other: Fixed) -> Fixed {
        let mut product = [0u64; 12];
        for (i, &a) in self.0.iter().enumerate() {
            let mut carry = 0;
            for (j, &b) in other.0.iter().enumerate() {
                let t = a as u128 * b as u128 + product[i + j] as u128 + carry;
                product[i + j] = t as u64;
                carry = t >> 64;
            }
            product[i + 6] = carry as u64;
        }
        Fixed(std::array::from_fn(|i| product[i + 5]))
    }

    /// The product with an integer, which must be less than 2^64.
    pub fn times(self, n: u64) -> Fixed {
        let mut carry = 0;
        Fixed(self.0.map(|a| {
            let t = a as u128 * n as u128 + carry;
            carry = t >> 64;
            t as u64
        }))
    }

    /// The quotient by an integer.
    pub fn over(self, n: u64) -> Fixed {
        let (mut quotient, mut rest) = (ZERO, 0u128);
        for i in (0..6).rev() {
            let t = rest << 64 | self.0[i] as u128;
            quotient.0[i] = (t / n as u128) as u64;
            rest = t % n as u128;
        }
        quotient
    }

    /// The quotient of two numbers below 1, which must be less than 2^64.
    pub fn div(self, other: Fixed) -> Fixed {
        let (mut quotient, mut rest) = (ZERO, ZERO);
        // The digits of the dividend from the highest, then 320 more.
        for i in (0..640).rev() {
            rest = rest.shift(1);
            if i >= 320 {
                rest.0[0] |= self.0[(i - 320) / 64] >> (i % 64) & 1;
            }
            quotient = quotient.shift(1);
            if !rest.less(other) {
                rest = rest.sub(other);
                quotient.0[0] |= 1;
            }
        }
        quotient
    }

    /// The product with 2^`n`, which must be less than 2^64.
    pub fn shift(self, n: i32) -> Fixed {
        let (limbs, bits) = (n.div_euclid(64) as isize, n.rem_euclid(64));
        let at = |i: isize| usize::try_from(i).ok().and_then(|i| self.0.get(i)).copied();
        Fixed(std::array::from_fn(|i| {
            let from = i as isize - limbs;
            let (high, low) = (at(from).unwrap_or(0), at(from - 1).unwrap_or(0));
            ((high as u128) << 64 | low as u128).wrapping_shl(bits as u32).wrapping_shr(64) as u64
        }))
    }

    /// The double nearest to this number times 2^`exponent`. Between two doubles, as nearly as
    /// that can be told, it is the even one.
    pub fn nearest(self, exponent: i32) -> f64 {
        let zeros = self.0.iter().rev().position(|&limb| limb != 0).unwrap_or(6);
        if zeros == 6 {
            return 0.0;
        }
        // v is at least 1 and less than 2.
        let up = 64 * zeros as i32 + self.0[5 - zeros].leading_zeros() as i32 - 63;
        let (v, exponent) = (self.shift(up), exponent - up);
        if exponent > 1023 {
            return f64::INFINITY;
        }
        let last_digit = (exponent - 52).max(-1074);
        let digits = v.shift((exponent - last_digit).max(-2));
        let fraction = Fixed([digits.0[0], digits.0[1], digits.0[2], digits.0[3], digits.0[4], 0]);
        let half = ONE.shift(-1);
        let above = !fraction.less(half);
        let distance = if above { fraction.sub(half) } else { half.sub(fraction) };
        let tie = distance.0[NOTHING_ABOVE_LIMB..].iter().all(|&limb| limb == 0);
        let integer = digits.0[5];
        let integer = integer + if tie { integer & 1 } else { above as u64 };
        // A carry goes into the exponent, as it should.
        f64::from_bits((((last_digit + 1074) as u64) << 52) + integer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic() {
        let third = ONE.over(3);
        assert_eq!(third.times(3).add(Fixed([1, 0, 0, 0, 0, 0])), ONE);
        assert_eq!(third.nearest(0), 1.0 / 3.0);
        assert_eq!(third.mul(third).nearest(0), 1.0 / 9.0);
        assert_eq!(third.div(ONE.over(7)).nearest(0), 7.0 / 3.0);
        assert_eq!(ONE.shift(5).shift(-7).nearest(2), 1.0);
        assert_eq!(ONE.sub(third).nearest(-1), 1.0 / 3.0);
        assert!(third.less(ONE) && !ONE.less(ONE));
        assert_eq!(ONE.shift(63).shift(-383).nearest(0), 2f64.powi(-320));
    }

    #[test]
    fn rounding() {
        let v = ONE.add(ONE.shift(-1));
        assert_eq!(ONE.nearest(1023), 2f64.powi(1023));
        assert_eq!(ONE.nearest(1024), f64::INFINITY);
        assert_eq!(ONE.shift(1).sub(ONE.shift(-60)).nearest(1023), f64::INFINITY);
        assert_eq!(v.nearest(-1074), 1e-323, "a tie, to the even one");
        assert_eq!(v.nearest(-1073), 1.5e-323);
        assert_eq!(ONE.nearest(-1075), 0.0, "a tie");
        assert_eq!(v.nearest(-1075), 5e-324);
        assert_eq!(v.nearest(-1076), 0.0);
        assert_eq!(v.nearest(-9000), 0.0);
        assert_eq!(ONE.add(ONE.shift(-53)).nearest(0), 1.0, "a tie");
        assert_eq!(ONE.add(ONE.shift(-53)).add(ONE.shift(-170)).nearest(0), 1.0 + f64::EPSILON);
        assert_eq!(ZERO.nearest(0), 0.0);
    }
}
