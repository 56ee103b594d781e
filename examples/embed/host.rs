//! Host functions and objects: programs open accounts at a bank that lives in Rust.
//!
//! `cargo run -p luka --example host`

use luka::{Error, Methods, Registry, UserData, Vm};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// A service that host functions share; programs never see it.
#[derive(Default)]
struct Bank {
    opened: Mutex<HashMap<String, u32>>,
}

struct Account {
    cents: i64,
}

impl UserData for Account {
    const NAME: &'static str = "Account";
    fn methods(m: &mut Methods<Self>) {
        m.get("balance", |a, _| Ok(a.cents as f64 / 100.0));
        m.call_mut("pay", |a, _, cents: i64| {
            if cents > a.cents {
                return Err(Error::msg("too little money"));
            }
            a.cents -= cents;
            Ok(())
        });
    }
}

pub fn main() -> luka::Result<()> {
    let bank = Arc::new(Bank::default());
    let service = bank.clone();
    let registry = Registry::builder()
        .userdata::<Account>()
        .function("bank.open", move |cx, (name, cents): (String, i64)| {
            let mut opened = service.opened.lock().map_err(|_| Error::msg("the bank is closed"))?;
            *opened.entry(name).or_default() += 1;
            cx.userdata(Account { cents })
        })
        .build();
    let mut vm = Vm::builder(&registry).build()?;
    let (left, message): (f64, String) = vm.eval(
        "local account = bank.open('ann', 1000)
         account:pay(250)
         local ok, message = pcall(account.pay, account, 9999)
         return account.balance, message",
        (),
    )?;
    println!("{left} left; {message}");
    assert_eq!(left, 7.5);
    assert!(message.ends_with("too little money"));
    assert_eq!(bank.opened.lock().expect("the bank is open").get("ann"), Some(&1));
    Ok(())
}
