//! What an engine has computed of a run, as bytes: a line of JSON, then the statistics of its resamples.

use permtest::Partial;
use permtest::error::Error;
use serde_json::{Value, json};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The bytes of a part.
pub fn write(sum: &Partial, values: &[f64]) -> Result<Vec<u8>, Error> {
    let sum = serde_json::to_value(sum).map_err(|error| unreadable(&error))?;
    let mut bytes = json!({ "version": VERSION, "yields": sum }).to_string().into_bytes();
    bytes.push(b'\n');
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    Ok(bytes)
}

/// A part of its bytes.
///
/// # Errors
/// [`Error::Data`] for what another version has written, or no engine at all.
pub fn read(bytes: &[u8]) -> Result<(Partial, Vec<f64>), Error> {
    let end = bytes.iter().position(|&byte| byte == b'\n').ok_or_else(|| unreadable("it has no first line"))?;
    let (line, rest) = bytes.split_at(end);
    let mut head: Value = serde_json::from_slice(line).map_err(|error| unreadable(&error))?;
    let version = head["version"].as_str().unwrap_or("unknown");
    if version != VERSION {
        let what = format!("an engine has version {version} of permtest, and here is {VERSION}");
        return Err(Error::data(what, "install the same on all"));
    }
    let sum = serde_json::from_value(head["yields"].take()).map_err(|error| unreadable(&error))?;
    let (values, []) = rest[1..].as_chunks::<8>() else { return Err(unreadable("it is cut off")) };
    Ok((sum, values.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()))
}

fn unreadable(why: &(impl std::fmt::Display + ?Sized)) -> Error {
    Error::data(format!("what an engine sent back cannot be read: {why}"), "run the test again")
}
