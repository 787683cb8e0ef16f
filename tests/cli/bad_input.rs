//! Files that cannot be tested and places that cannot be written: the file, the line, the column and the remedy in one
//! line, exit code 2, nothing on stdout.

use crate::command::{Permtest, permtest};

/// A sample with which nothing is wrong.
const GOOD: &str = "len\n1\n2\n3\n";

/// A run that compares `case.csv`, whose content is in doubt, with a good control.
fn case(content: impl AsRef<[u8]>) -> Permtest {
    permtest().args(["case.csv", "control.csv", "-n", "100"]).file("case.csv", content).file("control.csv", GOOD)
}

#[test]
fn an_absent_file_is_named() {
    permtest().args(["absent.csv", "control.csv"]).file("control.csv", GOOD).refused(["absent.csv"]).run();
    permtest().args(["case.csv", "absent.csv"]).file("case.csv", GOOD).refused(["absent.csv"]).run();
}

#[test]
fn a_folder_is_no_file() {
    permtest().args(["runs", "control.csv"]).folder("runs").file("control.csv", GOOD).refused(["runs"]).run();
}

#[test]
fn an_empty_file_has_no_values() {
    case("").refused(["case.csv", "empty"]).run();
    case("\n\n").refused(["case.csv"]).run();
    permtest().args(["-", "control.csv"]).file("control.csv", GOOD).refused(["standard input", "empty"]).run();
}

#[test]
fn a_header_alone_has_no_values() {
    case("len\n").refused(["case.csv"]).run();
}

#[test]
fn a_ragged_row_is_named_by_its_line() {
    case("id,len\n1,4.2\n2\n3,5.1\n").args(["-c", "len"]).refused(["case.csv", "line 3"]).run();
    case("id,len\n1,4.2\n2,4,5\n").args(["-c", "len"]).refused(["case.csv", "line 3"]).run();
}

#[test]
fn text_in_a_column_of_numbers_is_named_by_its_place() {
    case("id,len\na,4.2\nb,long\n")
        .args(["-c", "len"])
        .refused(["case.csv", "line 3", "column len", "long", "--na"])
        .run();
}

#[test]
fn a_decimal_comma_is_recognised_for_what_it_is() {
    case("id;len\na;4.2\nb;4,5\n")
        .args(["-c", "len"])
        .refused(["case.csv", "line 3", "column len", "4,5", "--decimal"])
        .run();
}

#[test]
fn infinity_is_no_value() {
    for infinity in ["inf", "-inf", "Infinity"] {
        case(format!("len\n1\n{infinity}\n3\n"))
            .args(["-c", "len"])
            .refused(["case.csv", "line 3", "column len", infinity, "--na"])
            .run();
    }
    case("len\n1\n1e999\n3\n").args(["-c", "len"]).refused(["case.csv", "line 3", "column len", "1e999"]).run();
}

#[test]
fn missing_values_are_counted_and_the_first_is_named() {
    for missing in ["NaN", "NA", "null", "\"\""] {
        case(format!("len\n1\n{missing}\n{missing}\n3\n"))
            .args(["-c", "len"])
            .refused(["case.csv", "line 3", "column len", "2", "--missing drop"])
            .run();
    }
    case("id,len\na,1\nb,\nc,3\n")
        .args(["-c", "len"])
        .refused(["case.csv", "line 3", "column len", "--missing drop"])
        .run();
}

#[test]
fn a_missing_label_is_not_a_group() {
    permtest()
        .args(["data.csv", "-c", "len", "--group", "supp"])
        .file("data.csv", "len,supp\n1,A\n2,B\n3,\n")
        .refused(["data.csv", "line 4", "column supp", "--missing drop"])
        .run();
}

#[test]
fn an_unknown_column_is_met_with_the_ones_there_are() {
    case("id,len\n1,2\n").args(["-c", "lenght"]).refused(["case.csv", "lenght", "len"]).run();
    permtest()
        .args(["data.csv", "-c", "len", "--group", "sup"])
        .file("data.csv", "len,supp\n1,A\n2,B\n")
        .refused(["data.csv", "sup", "supp"])
        .run();
    permtest()
        .args(["data.csv", "--case", "after", "--control", "begin"])
        .file("data.csv", "after,before\n1,2\n2,3\n")
        .refused(["data.csv", "begin", "before"])
        .run();
}

#[test]
fn two_columns_of_one_name_cannot_be_told_apart() {
    case("len,len\n1,2\n3,4\n").args(["-c", "len"]).refused(["case.csv", "len"]).run();
}

#[test]
fn a_column_number_must_exist() {
    case("id,len\n1,2\n").args(["-c", "7"]).refused(["case.csv", "7", "2"]).run();
    case("id,len\n1,2\n").args(["-c", "0"]).refused(["case.csv", "0", "2"]).run();
}

#[test]
fn two_numeric_columns_need_a_choice() {
    case("width,len\n1,2\n3,4\n").refused(["case.csv", "width", "len", "--column"]).run();
}

#[test]
fn encodings_that_cannot_be_read_unasked_are_called_by_their_names() {
    let little: Vec<u8> = "len\n1\n2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = "len\n1\n2\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    case(little).refused(["case.csv: the file is UTF-16 without a byte order mark", "say --encoding utf-16le"]).run();
    case(big).refused(["say --encoding utf-16be"]).run();
    let widest: Vec<u8> = "\u{feff}len\n1\n2\n".chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
    case(widest).refused(["case.csv: the file is UTF-32", "iconv"]).run();
    case("len\n1\n")
        .args(["--encoding", "utf8mb4"])
        .refused(["--encoding \"utf8mb4\" is no encoding", "say utf-8, "])
        .run();
    let broken = case(b"len\n1\n2\xff\n").args(["--encoding", "utf-8"]);
    broken.refused(["case.csv, line 3: the bytes are no text in UTF-8", "--encoding"]).run();
}

#[test]
fn a_binary_file_is_not_taken_for_a_table() {
    case(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0").refused(["case.csv"]).run();
    case(b"\x7fELF\x02\x01\x01\0\0\0\0\0").refused(["case.csv"]).run();
}

#[test]
fn a_broken_archive_is_not_a_short_sample() {
    case(b"\x1f\x8b\x08\0\0\0\0\0\0\x03").refused(["case.csv"]).run();
    case(b"\x28\xb5\x2f\xfd\x04").refused(["case.csv"]).run();
}

#[test]
fn a_quote_that_never_ends_is_named() {
    case("id,len\n\"a,1\nb,2\nc,3\n").args(["-c", "len"]).refused(["case.csv", "quote"]).run();
}

#[test]
fn a_group_without_values_is_named() {
    let data = "len,supp\n1,A\n2,A\n,B\n";
    permtest()
        .args(["data.csv", "-c", "len", "--group", "supp", "--missing", "drop"])
        .file("data.csv", data)
        .refused(["B"])
        .run();
    permtest()
        .args(["data.csv", "-c", "len", "--group", "supp", "--case", "A", "--control", "C"])
        .file("data.csv", "len,supp\n1,A\n2,B\n")
        .refused(["data.csv", "C"])
        .run();
    permtest()
        .args(["data.csv", "-c", "len", "--group", "supp"])
        .file("data.csv", "len,supp\n1,A\n2,A\n")
        .refused(["data.csv", "A", "supp"])
        .run();
    case("len\nNA\nNA\n").args(["-c", "len", "--missing", "drop"]).refused(["case.csv"]).run();
}

#[test]
fn three_labels_are_groups_unless_one_of_them_is_the_case() {
    let run = |args: &str| {
        let data = "len,dose\n1,low\n2,mid\n3,high\n";
        permtest().args(["data.csv", "-c", "len", "--group", "dose"]).file("data.csv", data).args(args.split(' '))
    };
    run("--case low").refused(["data.csv", "low", "mid", "high", "--case", "--control"]).run();
    run("-s median").refused(["--statistic median compares two groups", "3: high, low, mid", "--case"]).run();
    run("-s f").refused(["each has a single value", "collect more"]).run();
}

#[test]
fn rows_that_are_no_pairs_in_their_order_are_counted() {
    case("len\n1\n2\n").args(["--paired"]).refused(["control.csv", "2 rows", "3 rows", "--pair"]).run();
    permtest()
        .args(["data.csv", "--group", "supp", "--paired"])
        .file("data.csv", "len,supp\n1,A\n2,B\n3,A\n")
        .refused(["--paired stands beside --group", "--pair COLUMN"])
        .run();
    permtest()
        .args(["data.csv", "--case", "a", "--control", "b", "--paired"])
        .file("data.csv", "a,b\n1,2\n3,\n")
        .refused(["data.csv", "line 3", "column b", "empty", "--missing drop"])
        .run();
}

#[test]
fn a_pair_id_without_its_partner_is_named() {
    permtest()
        .args(["data.csv", "-c", "len", "--group", "supp", "--pair", "id"])
        .file("data.csv", "id,len,supp\n7,1,A\n8,2,A\n7,3,B\n9,4,B\n")
        .refused(["data.csv", "line 3", "column id", "2 pair ids", "8 (A), 9 (B)", "partners"])
        .run();
    case("id,len\n1,1\n1,2\n")
        .args(["-c", "len", "--pair", "id"])
        .file("control.csv", "id,len\n1,1\n")
        .refused(["case.csv", "line 3", "column id", "more than once", "1 (case)"])
        .run();
}

#[test]
fn a_key_column_must_be_in_both_files() {
    for option in ["--pair", "--strata", "--cluster"] {
        case("id,len\n1,1\n").args(["-c", "len", option, "id"]).refused(["control.csv", "\"id\"", option]).run();
        case("id,len\n1,1\n").args(["-c", "len", option, "2"]).refused([&format!("--column and {option}")[..]]).run();
    }
}

#[test]
fn a_missing_key_is_a_missing_value() {
    for (option, line) in [("--pair", "line 4"), ("--strata", "line 4"), ("--cluster", "line 4")] {
        permtest()
            .args(["data.csv", "-c", "len", "--group", "supp", option, "key"])
            .file("data.csv", "key,len,supp\n1,1,A\n1,2,B\n,3,A\nNA,4,B\n")
            .refused(["data.csv", line, "column key", "2 missing values", "--missing drop"])
            .run();
    }
}

#[test]
fn an_output_in_an_absent_folder_is_refused() {
    case(GOOD).args(["-o", "absent/report.txt"]).refused(["absent/report.txt", "folder"]).run();
    case(GOOD).args(["--distribution", "absent/null.npy"]).refused(["absent/null.npy", "folder"]).run();
    case(GOOD).args(["-o", "folder"]).folder("folder").refused(["folder"]).run();
}

// A link rather than /dev/full itself: a writer that replaced its target would replace the link, not the device.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_for_every_output() {
    case(GOOD).stdout_to("/dev/full").refused(["standard output", "space"]).run();
    case(GOOD).args(["-o", "out.txt"]).link("out.txt", "/dev/full").refused(["out.txt", "space"]).run();
    for name in ["out.npy", "out.csv"] {
        case(GOOD).args(["--distribution", name]).link(name, "/dev/full").refused([name, "space"]).run();
    }
}

#[test]
fn a_refused_run_leaves_no_output_behind() {
    let folder = case("len\n1\nlong\n")
        .args(["-c", "len", "-o", "out.json", "--json", "--distribution", "null.npy"])
        .refused(["case.csv", "line 3"])
        .run();
    let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["case.csv", "control.csv"]);
}
