//! The language of expressions: what it means, what it refuses, and the place that each refusal points at.

use std::f64::consts;

use permtest::statistic::expression::{
    Binary, DEEPEST_NESTING, Expression, Kind, MOST_CHARACTERS, Pairing, Reducer, SyntaxError, Unary, Variable, parse,
};
use proptest::prelude::*;

fn number(value: f64) -> Expression {
    Expression::Number(value)
}

fn values(variable: Variable) -> Expression {
    Expression::Values(variable)
}

fn unary(function: Unary, operand: Expression) -> Expression {
    Expression::Unary(function, Box::new(operand))
}

fn binary(operator: Binary, left: Expression, right: Expression) -> Expression {
    Expression::Binary(operator, Box::new(left), Box::new(right))
}

fn reduce(reducer: Reducer, operand: Expression) -> Expression {
    Expression::Reduce(reducer, Box::new(operand))
}

fn canonical(text: &str) -> String {
    parse(text).unwrap_or_else(|error| panic!("{error}")).canonical
}

fn refusal(text: &str) -> SyntaxError {
    match parse(text) {
        Ok(parsed) => panic!("{text} reads as {}", parsed.canonical),
        Err(error) => error,
    }
}

/// A text, the line of carets below it, what is wrong and the remedy.
type Refusal<'a> = (&'a str, &'a str, &'a str, &'a str);

#[track_caller]
fn assert_refused(refusals: &[Refusal<'_>]) {
    for (text, caret, what, remedy) in refusals {
        let error = refusal(text);
        assert_eq!(error.caret(), format!("{text}\n{caret}"), "{error}");
        assert_eq!((error.what.as_str(), error.remedy.as_str()), (*what, *remedy), "{text}");
    }
}

#[test]
fn a_ratio_of_means_is_a_tree() {
    let mean = |variable| reduce(Reducer::Mean, values(variable));
    let parsed = parse("mean(x)/mean(y)").unwrap();
    assert_eq!(parsed.expression, binary(Binary::Divide, mean(Variable::Case), mean(Variable::Control)));
    assert_eq!((parsed.kind, parsed.pairing), (Kind::TwoSample, Pairing::NotNeeded));
    assert_eq!(parsed.canonical, "mean(x) / mean(y)");
}

#[test]
fn every_function_is_known() {
    for function in ["mean", "median", "sum", "var", "sd", "min", "max", "n"] {
        let text = format!("{function}(x)");
        assert_eq!(canonical(&text), text);
    }
    for function in ["log", "log2", "log10", "log1p", "exp", "sqrt", "abs", "rank"] {
        let text = format!("sum({function}(x))");
        assert_eq!(canonical(&text), text);
    }
    assert_eq!(canonical("quantile(x,.9)"), "quantile(x, 0.9)");
    assert_eq!(canonical("trimmed_mean( x , 20 / 100 )"), "trimmed_mean(x, 0.2)");
    assert_eq!(canonical("mean(pow(x,2))"), "mean(x ^ 2)");
}

#[test]
fn operators_bind_as_in_school() {
    for (text, form) in [
        ("mean(x)+2*3", "mean(x) + 2 * 3"),
        ("(mean(x)+2)*3", "(mean(x) + 2) * 3"),
        ("mean(x)-(2-3)", "mean(x) - (2 - 3)"),
        ("(mean(x)-2)-3", "mean(x) - 2 - 3"),
        ("mean(x)/2*3", "mean(x) / 2 * 3"),
        ("mean(x)/(2*3)", "mean(x) / (2 * 3)"),
        ("((mean(x)^2)^3)", "(mean(x) ^ 2) ^ 3"),
        ("mean(x)^(2^3)", "mean(x) ^ 2 ^ 3"),
        ("-(mean(x)^2)", "-mean(x) ^ 2"),
        ("(-mean(x))^2", "(-mean(x)) ^ 2"),
        ("mean(x)^-(2)", "mean(x) ^ -2"),
        ("mean(x) * (-2)", "mean(x) * -2"),
        ("--mean(x)", "--mean(x)"),
        ("mean(x)--2", "mean(x) - -2"),
        ("mean(x>3)+1", "mean(x > 3) + 1"),
        ("mean(x) + 1 >= 2 * 3", "mean(x) + 1 >= 2 * 3"),
        ("(mean(x) < 1) == 0", "(mean(x) < 1) == 0"),
        ("1 != (mean(x) <= 1)", "1 != (mean(x) <= 1)"),
        ("\n mean\t( x )\r\n", "mean(x)"),
    ] {
        assert_eq!(canonical(text), form, "{text}");
    }
}

#[test]
fn a_minus_sign_binds_less_than_a_power_and_more_than_a_product() {
    let tree = |text: &str| match parse(&format!("mean(x) + ({text})")).unwrap().expression {
        Expression::Binary(Binary::Add, _, right) => *right,
        other => panic!("{other}"),
    };
    let square = binary(Binary::Power, number(2.0), number(2.0));
    assert_eq!(tree("-2^2"), unary(Unary::Negate, square));
    let negated = unary(Unary::Negate, number(2.0));
    assert_eq!(tree("-2 * 3"), binary(Binary::Multiply, negated.clone(), number(3.0)));
    assert_eq!(tree("3 ^ -2"), binary(Binary::Power, number(3.0), negated));
}

#[test]
fn numbers_and_constants_are_doubles() {
    for (text, form) in [
        ("3.", "3"),
        (".9", "0.9"),
        ("1e-3", "0.001"),
        ("1E+2", "100"),
        ("1e300", "1e300"),
        ("5e-324", "5e-324"),
        ("0e999", "0"),
        ("pi", "pi"),
        ("3.141592653589793", "pi"),
        ("e", "e"),
        ("2 * e", "2 * e"),
    ] {
        assert_eq!(canonical(&format!("mean(x) + {text}")), format!("mean(x) + {form}"));
    }
    let parsed = parse("e ^ mean(x)").unwrap().expression;
    assert_eq!(parsed, binary(Binary::Power, number(consts::E), reduce(Reducer::Mean, values(Variable::Case))));
}

#[test]
fn an_expression_in_x_alone_is_a_summary() {
    for text in ["mean(x)", "sd(x) / mean(x)", "mean(x) - mean(pooled)", "exp(mean(log(x)))", "mean(x > 3)"] {
        assert_eq!(parse(text).unwrap().kind, Kind::Summary, "{text}");
    }
    for text in ["mean(x) - mean(y)", "sum(x) / (sum(x) + sum(y))", "max(x) > max(y)"] {
        assert_eq!(parse(text).unwrap().kind, Kind::TwoSample, "{text}");
    }
}

#[test]
fn x_and_y_side_by_side_need_pairs() {
    for text in ["mean(x - y)", "median(x / y) + mean(x)", "mean(rank(abs(x - y)) * (x > y))", "-sum(x * y) + 1"] {
        let parsed = parse(text).unwrap();
        assert_eq!((parsed.kind, parsed.pairing), (Kind::TwoSample, Pairing::Needed), "{text}");
    }
    for text in ["mean(x) - mean(y)", "mean(x - mean(y))", "mean((y - mean(x)) ^ 2)"] {
        assert_eq!(parse(text).unwrap().pairing, Pairing::NotNeeded, "{text}");
    }
}

#[test]
fn unknown_names_lead_to_the_nearest() {
    assert_refused(&[
        ("maen(x)", "^^^^", "maen is not known", "did you mean mean?"),
        ("mean(x) - mean(X)", "               ^", "X is not known", "did you mean x?"),
        ("mean(x) - std(y)", "          ^^^", "std is not known", "did you mean sd?"),
        ("trimmed-mean(x, 0.2)", "^^^^^^^", "trimmed is not known", "did you mean trimmed_mean?"),
        ("mean(case) - mean(y)", "     ^^^^", "case is not known", "did you mean x?"),
        ("mean(größe) - mean(x)", "     ^^^^^", "größe is not known", &names()),
        ("mean(x) + inf", "          ^^^", "inf is not known", &names()),
    ]);
}

fn names() -> String {
    "the names are x, y, pooled, mean, median, sum, var, sd, min, max, n, quantile, trimmed_mean, log, log2, log10, \
     log1p, exp, sqrt, abs, rank, pow, pi, e; columns stand without x, y and pooled"
        .to_owned()
}

#[test]
fn a_name_without_x_and_y_is_that_of_a_column() {
    for (text, form, columns) in [
        ("sum(revenue)/sum(sessions)", "sum(revenue) / sum(sessions)", &["revenue", "sessions"][..]),
        ("mean(X) - n(X)", "mean(X) - n(X)", &["X"]),
        ("mean(größe)", "mean(größe)", &["größe"]),
        ("mean(`net price` * `2`)", "mean(`net price` * `2`)", &["net price", "2"]),
        ("mean(`plain`)", "mean(plain)", &["plain"]),
        ("sum(`x`) / sum(`mean`) + sum(`e`)", "sum(`x`) / sum(`mean`) + sum(`e`)", &["x", "mean", "e"]),
    ] {
        let parsed = parse(text).unwrap();
        assert_eq!((parsed.canonical.as_str(), parsed.kind), (form, Kind::Summary), "{text}");
        assert_eq!(parsed.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), columns, "{text}");
        assert_eq!(parse(&parsed.canonical).unwrap().expression, parsed.expression, "{text}");
    }
}

#[test]
fn back_quotes_come_in_pairs_around_a_name() {
    assert_refused(&[
        ("sum(`a) / sum(b)", "    ^", "this ` is never closed", "write another one behind the name"),
        ("sum(``)", "    ^^", "there is no name between these back-quotes", "write that of a column"),
        ("sum(`a b`) / n(x)", "    ^^^^^", "a b is not known", &names()),
        (
            "a / b",
            "^^^^^",
            "the expression gives a value for each observation",
            "put a reducer such as mean(...) around it",
        ),
    ]);
}

#[test]
fn functions_take_as_many_arguments_as_they_take() {
    assert_refused(&[
        ("mean()", "^^^^^^", "mean takes 1 argument, not 0", "write for example mean(x)"),
        ("1 + mean(x, y)", "            ^", "mean takes 1 argument, not 2", "write for example mean(x)"),
        ("max(x, 1, 2 + 3)", "       ^^^^^^^^", "max takes 1 argument, not 3", "write for example max(x)"),
        ("quantile(x)", "^^^^^^^^^^^", "quantile takes 2 arguments, not 1", "write for example quantile(x, 0.9)"),
        ("pow(x, 2, 3)", "          ^", "pow takes 2 arguments, not 3", "write for example pow(x, 2)"),
        ("mean(log(x, 10))", "            ^^", "log takes 1 argument, not 2", "write for example log(x)"),
        ("mean", "^^^^", "mean is a function", "write it with its arguments, as in mean(x)"),
        ("mean x", "^^^^", "mean is a function", "write it with its arguments, as in mean(x)"),
        ("x(3)", "^", "x is no function", "write x * (...) for a product"),
        ("pi (mean(x))", "^^", "pi is no function", "write pi * (...) for a product"),
    ]);
}

#[test]
fn parentheses_come_in_pairs() {
    let (write_close, write_open) =
        ("write the ) that belongs to it", "leave it out, or write the ( that belongs to it");
    assert_refused(&[
        ("mean(x", "    ^", "this ( is never closed", write_close),
        ("mean((x - 1) / sd(x)", "    ^", "this ( is never closed", write_close),
        ("2 * (mean(x) + 1", "    ^", "this ( is never closed", write_close),
        ("quantile(x, 0.9", "        ^", "this ( is never closed", write_close),
        ("mean(", "    ^", "this ( is never closed", write_close),
        ("mean(x))", "       ^", "this ) closes nothing", write_open),
        (")", "^", "this ) closes nothing", write_open),
        ("mean(x) - ()", "          ^^", "there is nothing in these parentheses", VALUE),
    ]);
}

const VALUE: &str = "write a number, x, y, pooled, a column or a function there";

#[test]
fn operators_stand_between_values() {
    assert_refused(&[
        ("mean(x) -", "        ^", "- has no value after it", VALUE),
        ("mean(x -)", "       ^", "- has no value after it", VALUE),
        ("mean(x) - * 3", "        ^", "- has no value after it", VALUE),
        ("-", "^", "- has no value after it", VALUE),
        ("2 ^ -", "    ^", "- has no value after it", VALUE),
        ("* mean(x)", "^", "* has no value before it", VALUE),
        ("mean(x) / (< 2)", "           ^", "< has no value before it", VALUE),
        ("mean(x) * +3", "          ^", "+ is no sign of a number", "leave it out"),
        ("quantile(x, )", "          ^", "the comma has no argument after it", COMMA),
        ("quantile(, 0.9)", "         ^", "the comma has no argument before it", COMMA),
    ]);
}

const COMMA: &str = "leave out the comma, or write the argument";

#[test]
fn what_follows_a_complete_expression_is_refused() {
    let remedy = "write + - * / ^ or a comparison between two values";
    assert_refused(&[
        ("mean(x) foo", "        ^^^", "an operator is missing before foo", remedy),
        ("mean(x) mean(y)", "        ^^^^", "an operator is missing before mean", remedy),
        ("mean(x 2)", "       ^", "an operator is missing before 2", remedy),
        ("mean(x)(y)", "       ^", "an operator is missing before (", remedy),
        ("(mean(x) y", "         ^", "an operator is missing before y", remedy),
        (
            "mean(x), mean(y)",
            "       ^",
            "a comma stands only between the arguments of a function",
            "give each function its own parentheses, and numbers a decimal point",
        ),
    ]);
}

#[test]
fn signs_of_other_languages_are_translated() {
    assert_refused(&[
        ("mean(x = 3)", "       ^", "= has no meaning", "write == to compare"),
        ("mean(x) ** 2", "        ^^", "** has no meaning", "write ^ for a power"),
        ("mean(x % 2)", "       ^", "% has no meaning", "write a percentage as a fraction, such as 0.05 for 5 %"),
        ("mean(x <> 2)", "       ^^", "<> has no meaning", "write !="),
        ("mean(x =< 2)", "       ^^", "=< has no meaning", "write <="),
        ("mean(x ≤ 2)", "       ^", "≤ has no meaning", "write <="),
        ("mean(x) − mean(y)", "        ^", "− has no meaning", "write the minus of the keyboard, -"),
        ("mean(x²)", "      ^", "² has no meaning", "write ^ 2"),
        ("quantile:0.9", "        ^", ": has no meaning", "write an argument in parentheses, as in quantile(x, 0.9)"),
        ("|mean(x)|", "^", "| has no meaning", "write abs(...) for the absolute value"),
        ("mean(x > 1 && x < 2)", "           ^^", "&& has no meaning", AND),
        ("\"mean(x)\"", "^", "'\"' has no meaning", "use numbers, names, parentheses and + - * / ^"),
        ("mean(x) # y", "        ^", "'#' has no meaning", "use numbers, names, parentheses and + - * / ^"),
    ]);
}

const AND: &str = "multiply the comparisons instead, as in (a < b) * (b < c)";

#[test]
fn numbers_have_a_decimal_point_and_nothing_else() {
    let remedy = "write numbers like 3, 0.9 or 1e-3, and products like 2 * x";
    assert_refused(&[
        ("mean(x) > 0,9", "          ^^^", "0,9 has a decimal comma", "write 0.9"),
        ("quantile(x, 0,9)", "            ^^^", "0,9 has a decimal comma", "write 0.9"),
        ("quantile(x,0,95)", "           ^^^^", "0,95 has a decimal comma", "write 0.95"),
        ("mean(x > 0,5)", "         ^^^", "0,5 has a decimal comma", "write 0.5"),
        ("mean(x) * (1,5)", "           ^^^", "1,5 has a decimal comma", "write 1.5"),
        ("2x", "^^", "2x is not a number", remedy),
        ("mean(x) > 1_000", "          ^^^^^", "1_000 is not a number", remedy),
        ("mean(x) > 1.2.3", "          ^^^^^", "1.2.3 is not a number", remedy),
        ("mean(x) > 1e", "          ^^", "1e is not a number", remedy),
        ("mean(x) > .", "          ^", ". is not a number", remedy),
        ("mean(x) > 1e999", "          ^^^^^", "1e999 is too large", "write a number below 1.7e308"),
        ("mean(x) > 1e-999", "          ^^^^^^", "1e-999 is too close to 0", "write 0, or a number above 1e-307"),
    ]);
    // Two arguments are two arguments.
    assert_eq!(canonical("mean(x) ^ pow(2,3)"), "mean(x) ^ 2 ^ 3");
}

#[test]
fn comparisons_do_not_chain() {
    let remedy = "use parentheses, as in (a < b) * (b < c) where both shall hold";
    assert_refused(&[
        ("mean(1 < x < 3)", "           ^", "comparisons do not chain", remedy),
        ("mean(x) == median(x) >= 2", "                     ^^", "comparisons do not chain", remedy),
    ]);
    assert_eq!(canonical("mean((1 < x) * (x < 3))"), "mean((1 < x) * (x < 3))");
}

#[test]
fn values_are_reduced_once() {
    let twice = |function: &str| format!("leave out {function}, for this is one number already");
    assert_refused(&[
        ("mean(3)", "     ^", "mean needs values: x, y, pooled or a column", &twice("mean")),
        ("max(mean(x))", "    ^^^^^^^", "max needs values: x, y, pooled or a column", &twice("max")),
        ("quantile((2), 0.5)", "         ^^^", "quantile needs values: x, y, pooled or a column", &twice("quantile")),
        ("rank(mean(x))", "     ^^^^^^^", "rank needs values: x, y, pooled or a column", &twice("rank")),
        ("x", "^", "the expression gives a value for each observation", AROUND),
        ("log(y) + 1", "^^^^^^^^^^", "the expression gives a value for each observation", AROUND),
        ("(x - y)", "^^^^^^^", "the expression gives a value for each pair", AROUND),
    ]);
}

const AROUND: &str = "put a reducer such as mean(...) around it";

#[test]
fn values_of_different_observations_do_not_mix() {
    let remedy = "make one of them a number, as in x - mean(pooled)";
    assert_refused(&[
        ("mean(x - pooled)", "     ^^^^^^^^^^", "x and pooled do not go together value by value", remedy),
        ("mean(pow(pooled, y))", "         ^^^^^^^^^", "pooled and y do not go together value by value", remedy),
        (
            "mean(x * y > pooled)",
            "     ^^^^^^^^^^^^^^",
            "pairs of x and y and pooled do not go together value by value",
            remedy,
        ),
    ]);
}

#[test]
fn parameters_are_known_beforehand_and_within_bounds() {
    let known = "the level of quantile must be a number known beforehand";
    let (level, share) = ("write a fraction, as in quantile(x, 0.9)", "write a fraction, as in trimmed_mean(x, 0.2)");
    assert_refused(&[
        ("quantile(x, mean(y))", "            ^^^^^^^", known, "write for example quantile(x, 0.9)"),
        ("quantile(0.9, x)", "              ^", known, "write for example quantile(x, 0.9)"),
        ("quantile(x, 90)", "            ^^", "the level of quantile is 90, not between 0 and 1", level),
        ("quantile(x, -0.1)", "            ^^^^", "the level of quantile is -0.1, not between 0 and 1", level),
        ("quantile(x, 0/0)", "            ^^^", "the level of quantile is NaN, not between 0 and 1", level),
        (
            "trimmed_mean(x, 1/2)",
            "                ^^^",
            "the share to trim at each end is 0.5, not at least 0 and below 0.5",
            share,
        ),
        (
            "trimmed_mean(x, y)",
            "                ^",
            "the share to trim must be a number known beforehand",
            "write for example trimmed_mean(x, 0.2)",
        ),
    ]);
    assert_eq!(canonical("quantile(x, 2 ^ -1)"), "quantile(x, 0.5)");
    assert_eq!(canonical("quantile(x, -0)"), "quantile(x, 0)");
    assert_eq!(canonical("trimmed_mean(x, 1 - .9)"), "trimmed_mean(x, 0.09999999999999998)");
}

#[test]
fn a_statistic_names_x() {
    assert_refused(&[
        (
            "mean(pooled) + 1",
            "^^^^^^^^^^^^^^^^",
            "the expression names neither x nor y nor a column, so no relabelling changes it",
            "write for example mean(x) - mean(y)",
        ),
        (
            "3",
            "^",
            "the expression names neither x nor y nor a column, so no relabelling changes it",
            "write for example mean(x) - mean(y)",
        ),
        (
            "sd(y)",
            "^^^^^",
            "the expression names y alone",
            "write x for y: of a summary in x, the difference case - control is tested",
        ),
    ]);
}

#[test]
fn nothing_is_no_expression() {
    let remedy = "write for example mean(x) - mean(y)";
    assert_refused(&[("", "^", "the expression is empty", remedy), ("   ", "   ^", "the expression is empty", remedy)]);
}

#[test]
fn a_refusal_is_one_line() {
    assert_eq!(
        refusal("mean(größe) +\nmean(y)").to_string(),
        format!(
            r#"cannot read the statistic: größe is not known at character 6 of "mean(größe) +\nmean(y)"; {}"#,
            names()
        )
    );
    assert_eq!(
        refusal("mean(x) \u{1b}[31m").to_string(),
        r#"cannot read the statistic: '\u{1b}' has no meaning at character 9 of "mean(x) \u{1b}[31m"; use numbers, names, parentheses and + - * / ^"#
    );
}

#[test]
fn nesting_is_limited_before_the_stack_is() {
    let inside = |opening: &str, depth: usize, closing: &str| {
        format!("{}mean(x){}", opening.repeat(depth), closing.repeat(depth))
    };
    // The call of mean is one level itself.
    let deepest = DEEPEST_NESTING - 1;
    for (opening, closing) in [("(", ")"), ("-", ""), ("2^", ""), ("exp(", ")")] {
        assert!(parse(&inside(opening, deepest, closing)).is_ok(), "{opening}");
        let error = refusal(&inside(opening, deepest + 1, closing));
        assert_eq!(error.what, "more than 50 levels are nested", "{opening}");
    }
    for text in ["(", "-", "2^", "exp(", "mean(", "-(", "(2^"] {
        let error = refusal(&text.repeat(MOST_CHARACTERS / text.len()));
        assert_eq!(error.what, "more than 50 levels are nested", "{text}");
    }
    let error = refusal(&"(".repeat(60));
    assert_eq!((error.start, error.end), (50, 51));
}

#[test]
fn long_chains_are_no_nesting() {
    let text = format!("mean(x){}", "+1".repeat((MOST_CHARACTERS - 7) / 2));
    let parsed = parse(&text).unwrap();
    assert_eq!(parsed.canonical.matches(" + ").count(), 496);
    assert_eq!(parsed.expression.clone(), parsed.expression);
}

#[test]
fn the_length_is_counted_in_characters() {
    let padded = |n: usize| format!("mean(x){}", "\u{a0}".repeat(n - 7));
    assert!(parse(&padded(MOST_CHARACTERS)).is_ok());
    let error = refusal(&padded(MOST_CHARACTERS + 1));
    assert_eq!(error.what, "the expression has more than 1000 characters");
    assert_eq!(error.text, padded(MOST_CHARACTERS));
    assert!(error.caret().ends_with(&format!("\n{}^", " ".repeat(MOST_CHARACTERS))));
    assert_eq!(refusal(&"(".repeat(10_000_000)).text.len(), MOST_CHARACTERS);
}

fn literals() -> impl Strategy<Value = Expression> {
    use proptest::num::f64::{NORMAL, POSITIVE, SUBNORMAL, ZERO};
    let doubles = POSITIVE | NORMAL | SUBNORMAL | ZERO;
    prop_oneof![
        (0..100u32).prop_map(f64::from),
        (0.0..2.0).prop_map(|value: f64| (value * 100.0).round() / 100.0),
        doubles,
        Just(consts::PI),
        Just(consts::E),
    ]
    .prop_map(number)
}

fn functions() -> impl Strategy<Value = Unary> {
    use Unary::{Abs, Exp, Log, Log1p, Log2, Log10, Negate, Sqrt};
    prop::sample::select(vec![Negate, Negate, Negate, Log, Log2, Log10, Log1p, Exp, Sqrt, Abs])
}

fn operators() -> impl Strategy<Value = Binary> {
    use Binary::{Add, Divide, Equal, Greater, GreaterEqual, Less, LessEqual, Multiply, NotEqual, Power, Subtract};
    let comparisons = [Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual];
    prop::sample::select([&[Add, Subtract, Multiply, Divide, Power, Power][..], &comparisons].concat())
}

fn reducers() -> impl Strategy<Value = Reducer> {
    use Reducer::{Max, Mean, Median, Min, N, Quantile, Sd, Sum, TrimmedMean, Var};
    prop_oneof![
        prop::sample::select(vec![Mean, Median, Sum, Var, Sd, Min, Max, N]),
        (0.0..=1.0).prop_map(Quantile),
        (0.0..0.5).prop_map(TrimmedMean),
    ]
}

/// Values of some of these variables, combined with one another and with numbers.
fn vectors(variables: &'static [Variable]) -> impl Strategy<Value = Expression> {
    let leaves = prop::sample::select(variables).prop_map(values);
    leaves.prop_recursive(4, 16, 2, |inner| {
        prop_oneof![
            (functions(), inner.clone()).prop_map(|(function, operand)| unary(function, operand)),
            inner.clone().prop_map(|operand| unary(Unary::Rank, operand)),
            (operators(), inner.clone(), inner.clone()).prop_map(|(operator, a, b)| binary(operator, a, b)),
            (operators(), inner.clone(), literals()).prop_map(|(operator, a, b)| binary(operator, a, b)),
            (operators(), literals(), inner).prop_map(|(operator, a, b)| binary(operator, a, b)),
        ]
    })
}

/// Statistics: numbers made of numbers and reduced values, with an x for certain.
fn statistics() -> impl Strategy<Value = Expression> {
    let mixed = vectors(&[Variable::Case, Variable::Control]);
    let operands = prop_oneof![mixed, vectors(&[Variable::Pooled])];
    let reduced = (reducers(), operands).prop_map(|(reducer, operand)| reduce(reducer, operand));
    let numbers = prop_oneof![reduced, literals()].prop_recursive(4, 12, 2, |inner| {
        prop_oneof![
            (functions(), inner.clone()).prop_map(|(function, operand)| unary(function, operand)),
            (operators(), inner.clone(), inner).prop_map(|(operator, a, b)| binary(operator, a, b)),
        ]
    });
    let in_x = (reducers(), vectors(&[Variable::Case])).prop_map(|(reducer, operand)| reduce(reducer, operand));
    (operators(), numbers, in_x).prop_map(|(operator, number, in_x)| binary(operator, number, in_x))
}

/// Texts made of the language's own pieces, few of them expressions.
fn near_misses() -> impl Strategy<Value = String> {
    let pieces = [
        "x", "y", "pooled", "mean", "(", ")", ",", "0", "9", ".5", "1e", "-", "+", "^", "*", "<", "=", "!", " ", "\n",
        "quantile", "pow", "é", "²", "−", "\u{1b}", "\u{301}",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn the_canonical_text_reads_as_the_same_tree(expression in statistics()) {
        let text = expression.to_string();
        prop_assume!(text.chars().count() <= MOST_CHARACTERS);
        let parsed = parse(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&parsed.expression, &expression);
        prop_assert_eq!(&parsed.canonical, &text);
        prop_assert_eq!(parse(&text.replace(' ', "")).unwrap().expression, expression);
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_place_within_it(text in prop_oneof![near_misses(), ".{0,40}"]) {
        if let Err(error) = parse(&text) {
            prop_assert!(error.start <= error.end && text.get(error.start..error.end).is_some());
            prop_assert_eq!(error.to_string().lines().count(), 1);
            prop_assert_eq!(error.caret().split('\n').count(), 2);
            prop_assert_ne!(error.what, "the expression does not go on like this");
        }
    }
}
