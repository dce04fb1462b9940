//! Tells the crate which compiler builds it, for the report's environment.
#![allow(clippy::print_stdout, reason = "how a build script talks to cargo")]

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RUSTC");
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    // Without an answer the report says that it does not know.
    if let Ok(output) = Command::new(compiler).arg("--version").output()
        && let Ok(version) = String::from_utf8(output.stdout)
    {
        println!("cargo:rustc-env=POLYSERVE_RUSTC={}", version.trim());
    }
}
