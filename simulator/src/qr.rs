//! QR codes as SVG pictures.

use qrcodegen::{QrCode, QrCodeEcc};

/// The QR code of this text, drawn with its quiet zone; `None` if the text is too long for one.
pub(crate) fn svg(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let dark = (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(|&(x, y)| code.get_module(x, y));
    let squares: String = dark.map(|(x, y)| format!("M{x} {y}h1v1h-1z")).collect();
    let whole = size + 2 * QUIET_ZONE;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-{QUIET_ZONE} -{QUIET_ZONE} {whole} {whole}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M-{QUIET_ZONE} -{QUIET_ZONE}h{whole}v{whole}h-{whole}z\"/>\
         <path d=\"{squares}\"/></svg>"
    ))
}

/// Modules of white on each side, which scanners need (ISO/IEC 18004, 6.3.8).
const QUIET_ZONE: i32 = 4;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::svg;

    /// The squares of the path, by column and row.
    fn dark(svg: &str) -> HashSet<(usize, usize)> {
        let path = svg.rsplit_once("<path d=\"").unwrap().1.split_once('"').unwrap().0;
        let squares = path.split('M').skip(1).map(|square| square.strip_suffix("h1v1h-1z").unwrap());
        squares
            .map(|place| place.split_once(' ').unwrap())
            .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_code_has_its_three_finders_inside_its_quiet_zone() {
        let svg = svg("otpauth://totp/Salesforce:ada").unwrap();

        // 29 characters at level M need version 3: 29 modules each way (ISO/IEC 18004, table 7).
        assert!(svg.contains("viewBox=\"-4 -4 37 37\""), "{svg}");
        let dark = dark(&svg);
        for (left, top) in [(0, 0), (22, 0), (0, 22)] {
            for (x, y) in (0..7).flat_map(|y| (0..7).map(move |x| (x, y))) {
                let ring = x == 0 || x == 6 || y == 0 || y == 6;
                let core = (2..=4).contains(&x) && (2..=4).contains(&y);
                assert_eq!(dark.contains(&(left + x, top + y)), ring || core, "{x} {y} of the finder at {left} {top}");
            }
        }
        assert!(dark.iter().all(|&(x, y)| x < 29 && y < 29), "the quiet zone is white");
    }

    #[test]
    fn a_text_too_long_for_a_code_has_none() {
        assert_eq!(svg(&"a".repeat(3000)), None);
    }
}
