//! A query as it was read. Each name keeps its place in the text, for the error that it may deserve.

use jiff::Timestamp;
use jiff::civil::Date;

/// `SELECT … FROM …` with its clauses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    /// What is selected, at least one thing.
    pub(crate) selected: Vec<Selected>,
    /// The object, or in a nested query the name of a relationship.
    pub(crate) object: Name,
    /// `WHERE`
    pub(crate) condition: Option<Condition>,
    /// `GROUP BY`
    pub(crate) groups: Vec<Name>,
    /// `HAVING`
    pub(crate) having: Option<Condition<Measure>>,
    /// `ORDER BY`
    pub(crate) order: Vec<OrderBy>,
    /// `LIMIT`
    pub(crate) limit: Option<usize>,
    /// `OFFSET`
    pub(crate) offset: usize,
}

impl Query {
    /// The same, where fields have the alias of the object before them.
    pub(crate) fn without_alias(mut self, alias: &str) -> Self {
        let strip = |name: &mut Name| name.strip(alias);
        for selected in &mut self.selected {
            match selected {
                Selected::Field(name) | Selected::Call { argument: Some(name), .. } => strip(name),
                Selected::Call { argument: None, .. } | Selected::Fields(_) | Selected::Children(_) => {}
            }
        }
        if let Some(condition) = &mut self.condition {
            condition.each_field(&strip);
        }
        self.groups.iter_mut().for_each(strip);
        if let Some(having) = &mut self.having {
            having.each_field(&|measure: &mut Measure| match measure {
                Measure::Group(name) | Measure::Aggregate(_, Some(name)) => strip(name),
                Measure::Aggregate(_, None) => {}
            });
        }
        self.order.iter_mut().for_each(|by| strip(&mut by.field));
        self
    }
}

/// What `HAVING` compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Measure {
    /// A field by which rows are grouped.
    Group(Name),
    /// `COUNT(Id)`, `COUNT()`
    Aggregate(Function, Option<Name>),
}

/// A name as it was written: `Id`, `Profile.Name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// Its text.
    pub(crate) text: String,
    /// The byte at which it begins.
    pub(crate) at: usize,
}

impl Name {
    fn strip(&mut self, alias: &str) {
        let rest = self.text.split_once('.').filter(|(first, _)| first.eq_ignore_ascii_case(alias));
        if let Some((_, rest)) = rest {
            self.text = rest.to_owned();
        }
    }
}

/// One thing that is selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selected {
    /// A field.
    Field(Name),
    /// `FIELDS(ALL)`
    Fields(FieldSet),
    /// `FORMAT(LoginTime)`, `COUNT(Id)`, `COUNT()`, each with its alias if it has one.
    Call {
        /// The function.
        function: Function,
        /// The field.
        argument: Option<Name>,
        /// The name of the value in the answer.
        alias: Option<Name>,
    },
    /// A nested query for the children of a row.
    Children(Box<Query>),
}

/// The groups of fields that `FIELDS()` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldSet {
    /// `ALL`
    All,
    /// `STANDARD`
    Standard,
    /// `CUSTOM`
    Custom,
}

/// A function of the `SELECT` clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    /// `COUNT`
    Count,
    /// `COUNT_DISTINCT`
    CountDistinct,
    /// `MIN`
    Min,
    /// `MAX`
    Max,
    /// `FORMAT`
    Format,
    /// `toLabel`
    ToLabel,
}

impl Function {
    /// The function with this name.
    pub(crate) fn read(name: &str) -> Option<Self> {
        let all = [
            ("COUNT", Self::Count),
            ("COUNT_DISTINCT", Self::CountDistinct),
            ("MIN", Self::Min),
            ("MAX", Self::Max),
            ("FORMAT", Self::Format),
            ("TOLABEL", Self::ToLabel),
        ];
        all.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, function)| function)
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::CountDistinct => "count_distinct",
            Self::Min => "min",
            Self::Max => "max",
            Self::Format => "format",
            Self::ToLabel => "toLabel",
        }
    }

    /// Whether it makes one value of many rows.
    pub(crate) fn aggregates(self) -> bool {
        !matches!(self, Self::Format | Self::ToLabel)
    }
}

/// What must hold for a row, or for a group of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition<Field = Name> {
    /// `… AND …`
    All(Vec<Condition<Field>>),
    /// `… OR …`
    Any(Vec<Condition<Field>>),
    /// `NOT …`
    Not(Box<Condition<Field>>),
    /// `Id = '…'`
    Compare {
        /// The field.
        field: Field,
        /// The operator.
        operator: Operator,
        /// The value.
        value: Literal,
    },
    /// `Name LIKE 'a%'`
    Like {
        /// The field.
        field: Field,
        /// The pattern.
        pattern: Vec<Glyph>,
    },
    /// `Id IN (…)`, `Id NOT IN (…)`
    In {
        /// The field.
        field: Field,
        /// Whether it is `NOT IN`.
        negated: bool,
        /// Where the values come from.
        values: Values,
    },
}

impl<Field> Condition<Field> {
    fn each_field(&mut self, change: &impl Fn(&mut Field)) {
        match self {
            Self::All(all) | Self::Any(all) => all.iter_mut().for_each(|one| one.each_field(change)),
            Self::Not(inner) => inner.each_field(change),
            Self::Compare { field, .. } | Self::Like { field, .. } | Self::In { field, .. } => change(field),
        }
    }
}

/// How a field is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `=`
    Equal,
    /// `!=`, `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// One character of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glyph {
    /// This one.
    Exactly(char),
    /// `_`: any one.
    One,
    /// `%`: any number of any.
    Many,
}

/// The values of `IN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Values {
    /// `('a', 'b')`
    Listed(Vec<Literal>),
    /// `(SELECT AssigneeId FROM …)`
    Selected(Box<Query>),
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Flag(bool),
    /// `'text'`
    Text(String),
    /// `5`, `-1.5`, as it was written.
    Number(String),
    /// `2026-11-02`
    Day(Date),
    /// `2026-11-02T12:00:00Z`
    Instant(Timestamp),
    /// `TODAY`, `LAST_N_DAYS:30`
    Period(Period),
}

/// A date literal that is counted from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    /// This many units from the current one, and one unit long: `TODAY`, `LAST_WEEK`, `N_DAYS_AGO:3`.
    One(Unit, i64),
    /// The units before the current one: `LAST_N_MONTHS:3`. With days, today too.
    Last(Unit, i64),
    /// The units after the current one: `NEXT_N_DAYS:3`.
    Next(Unit, i64),
}

/// A unit of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A day.
    Day,
    /// A week; it begins on Sunday.
    Week,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
}

/// One field of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrderBy {
    /// The field.
    pub(crate) field: Name,
    /// `DESC`
    pub(crate) descending: bool,
    /// `NULLS LAST`
    pub(crate) nulls_last: bool,
}
