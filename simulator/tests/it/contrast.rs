//! Colours of the pages that axe-core does not compare: what shows where a field is (WCAG 2.2, 1.4.11).

#[test]
fn fields_stand_out_from_the_page_and_by_their_borders_in_light_and_dark() {
    for (name, style, card, page) in STYLES {
        let (light, dark) = style.split_once("prefers-color-scheme: dark").unwrap();
        for (scheme, colours) in [("light", light), ("dark", dark)] {
            let edge = colour(colours, "edge");
            for beside in [card, "field"] {
                let found = contrast(edge, colour(colours, beside));
                assert!(found >= 3.0, "{name}, {scheme}: --edge beside --{beside} has {found:.2}");
            }
            assert!(
                contrast(colour(colours, "field"), colour(colours, page)) > 1.02,
                "{name}, {scheme}: looks disabled"
            );
        }
    }
}

/// The value of a variable.
fn colour(style: &str, name: &str) -> [f64; 3] {
    let (_, value) = style.split_once(&format!("--{name}: #")).unwrap();
    [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&value[at..at + 2], 16).unwrap()) / 255.0)
}

/// WCAG 2.2, "contrast ratio".
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let [one, other] = [one, other].map(luminance);
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2.2, "relative luminance".
fn luminance(colour: [f64; 3]) -> f64 {
    let linear = |part: f64| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    let [red, green, blue] = colour.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The name of each style sheet, the style sheet, the variable of the card around its fields, and that of the page.
const STYLES: [(&str, &str, &str, &str); 2] = [
    ("org", include_str!("../../templates/org/org.css"), "paper", "ground"),
    ("idp", include_str!("../../templates/idp/idp.css"), "card", "paper"),
];
