//! Key events like those of a keyboard.

use serde_json::{Value, json};

/// `Input.dispatchKeyEvent` parameters that press and release the key of each character.
pub(super) fn typed(text: &str) -> impl Iterator<Item = Value> + '_ {
    text.chars().flat_map(|character| {
        let mut down = key(character);
        down["type"] = "keyDown".into();
        down["text"] = character.to_string().into();
        down["unmodifiedText"] = character.to_string().into();
        let mut up = key(character);
        up["type"] = "keyUp".into();
        [down, up]
    })
}

/// Ctrl+A: the next input replaces the content of the field.
pub(super) fn select_all() -> [Value; 2] {
    let mut down = key('a');
    down["type"] = "rawKeyDown".into();
    down["modifiers"] = CONTROL.into();
    down["commands"] = json!(["selectAll"]);
    let mut up = key('a');
    up["type"] = "keyUp".into();
    [down, up]
}

/// The Delete key.
pub(super) fn delete() -> [Value; 2] {
    ["rawKeyDown", "keyUp"]
        .map(|kind| json!({ "type": kind, "key": "Delete", "code": "Delete", "windowsVirtualKeyCode": 46 }))
}

fn key(character: char) -> Value {
    let mut key = json!({ "key": character.to_string() });
    let upper = character.to_ascii_uppercase();
    if upper.is_ascii_alphabetic() {
        key["code"] = format!("Key{upper}").into();
    } else if upper.is_ascii_digit() {
        key["code"] = format!("Digit{upper}").into();
    }
    if upper.is_ascii_alphanumeric() {
        key["windowsVirtualKeyCode"] = u32::from(upper).into();
    }
    if character.is_ascii_uppercase() {
        key["modifiers"] = SHIFT.into();
    }
    key
}

const CONTROL: u32 = 2;
const SHIFT: u32 = 8;

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn each_character_is_pressed_and_released() {
        let events: Vec<_> = typed("aB7@").collect();

        assert_eq!(events.len(), 8);
        assert_eq!(
            (&events[0]["type"], &events[0]["text"], &events[0]["code"]),
            (&"keyDown".into(), &"a".into(), &"KeyA".into())
        );
        assert_eq!((&events[2]["text"], &events[2]["modifiers"]), (&"B".into(), &8.into()));
        assert_eq!((&events[4]["code"], &events[4]["windowsVirtualKeyCode"]), (&"Digit7".into(), &55.into()));
        assert_eq!((&events[7]["type"], &events[7]["key"]), (&"keyUp".into(), &"@".into()));
        assert!(events[7]["text"].is_null() && events[6]["code"].is_null());
    }
}
