//! serde's view of a route's parameters.

use super::PathParams;
use serde::{
    de::{
        self, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, Unexpected,
        VariantAccess, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use std::{error::Error, fmt};

/// Why the parameters do not make a value.
#[derive(Debug)]
pub(super) struct Misfit {
    pub(super) blame: Blame,
    /// Which one it is, where it is one.
    pub(super) parameter: Option<String>,
    /// To follow `the path's `n` `.
    pub(super) message: String,
}

/// Whose mistake it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blame {
    /// A value that is not of its type.
    Client,
    /// A type that no path of this route can fit.
    Application,
}

impl Misfit {
    fn application(message: impl fmt::Display) -> Misfit {
        Misfit { blame: Blame::Application, parameter: None, message: message.to_string() }
    }

    fn client(message: String) -> Misfit {
        Misfit { blame: Blame::Client, parameter: None, message }
    }

    fn of(mut self, parameter: &str) -> Misfit {
        self.parameter.get_or_insert_with(|| parameter.to_owned());
        self
    }
}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Misfit {
        Misfit::client(format!("does not fit: {message}"))
    }

    /// A struct's field that the route has no parameter for.
    fn missing_field(field: &'static str) -> Misfit {
        Misfit::application(format_args!("there is no `{{{field}}}`"))
    }

    fn unknown_field(field: &str, _expected: &'static [&'static str]) -> Misfit {
        Misfit::application(format_args!("nothing takes `{{{field}}}`"))
    }

    /// A tuple that is longer than the route has parameters.
    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Misfit {
        Misfit::application(format_args!("expected {expected}, got {length}"))
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Misfit {}

/// All parameters, in the order of the path.
#[derive(Clone, Copy)]
pub(super) struct Parameters<'de>(pub(super) &'de PathParams);

impl<'de> Parameters<'de> {
    /// A type of one value needs a route of one parameter.
    fn only(self) -> Result<Parameter<'de>, Misfit> {
        let mut values = self.values();
        match (values.len(), values.next()) {
            (1, Some(only)) => Ok(only),
            (several, _) => Err(Misfit::application(format_args!(
                "one value is made of one parameter, and the route has {several}"
            ))),
        }
    }

    fn values(self) -> impl ExactSizeIterator<Item = Parameter<'de>> {
        self.0.iter().map(|(name, value)| Parameter { name, value })
    }
}

macro_rules! of_the_only_one {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            self.only()?.$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Parameters<'de> {
    type Error = Misfit;

    of_the_only_one! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string
        deserialize_bytes deserialize_byte_buf
    }

    /// By their names, which is what a type expects that does not know its format.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let pairs = self.values().map(|parameter| (parameter.name, parameter));
        visitor.visit_map(MapDeserializer::new(pairs))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_seq(SeqDeserializer::new(self.values()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Misfit> {
        let parameters = self.values().len();
        if parameters != length {
            let message = format!("it has {length} values, and the route {parameters} parameters");
            return Err(Misfit::application(message));
        }
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.values().len() == 0 { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.only()?.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.only()?.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }
}

/// One parameter: a piece of text that knows its name.
#[derive(Clone, Copy)]
struct Parameter<'de> {
    name: &'de str,
    value: &'de str,
}

impl<'de> IntoDeserializer<'de, Misfit> for Parameter<'de> {
    type Deserializer = Parameter<'de>;

    fn into_deserializer(self) -> Parameter<'de> {
        self
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $type:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            self.value
                .parse()
                .map_err(|error| Misfit::client(format!("is not a {}: {error}", stringify!($type))))
                .and_then(|value: $type| visitor.$visit(value))
                .map_err(|misfit: Misfit| misfit.of(self.name))
        }
    )*};
}

impl<'de> Deserializer<'de> for Parameter<'de> {
    type Error = Misfit;

    parsed! {
        deserialize_bool visit_bool bool
        deserialize_i8 visit_i8 i8
        deserialize_i16 visit_i16 i16
        deserialize_i32 visit_i32 i32
        deserialize_i64 visit_i64 i64
        deserialize_i128 visit_i128 i128
        deserialize_u8 visit_u8 u8
        deserialize_u16 visit_u16 u16
        deserialize_u32 visit_u32 u32
        deserialize_u64 visit_u64 u64
        deserialize_u128 visit_u128 u128
        deserialize_f32 visit_f32 f32
        deserialize_f64 visit_f64 f64
        deserialize_char visit_char char
    }

    /// As text. A type of several values cannot be made of it, whatever the client sends.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_borrowed_str(self.value).map_err(|misfit: Misfit| misfit.of(self.name))
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let bytes = visitor.visit_borrowed_bytes(self.value.as_bytes());
        bytes.map_err(|misfit: Misfit| misfit.of(self.name))
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self).map_err(|misfit| misfit.of(self.name))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_enum(self).map_err(|misfit| misfit.of(self.name))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Misfit> {
        Err(self.holds_several("a sequence"))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _length: usize, _visitor: V) -> Result<V::Value, Misfit> {
        Err(self.holds_several("a tuple"))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _length: usize,
        _visitor: V,
    ) -> Result<V::Value, Misfit> {
        Err(self.holds_several(name))
    }

    fn deserialize_map<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Misfit> {
        Err(self.holds_several("a map"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Misfit> {
        Err(self.holds_several(name))
    }

    forward_to_deserialize_any! { str string identifier }
}

impl Parameter<'_> {
    fn holds_several(self, kind: &str) -> Misfit {
        Misfit::application(format_args!("`{{{}}}` is one piece of text, not {kind}", self.name))
    }
}

/// The text is the name of a variant; there is nothing left for its fields.
impl<'de> EnumAccess<'de> for Parameter<'de> {
    type Error = Misfit;
    type Variant = PlainVariant;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, PlainVariant), Misfit> {
        Ok((seed.deserialize(self)?, PlainVariant))
    }
}

struct PlainVariant;

impl<'de> VariantAccess<'de> for PlainVariant {
    type Error = Misfit;

    fn unit_variant(self) -> Result<(), Misfit> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _seed: S) -> Result<S::Value, Misfit> {
        Err(with_fields(&"a newtype variant"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value, Misfit> {
        Err(with_fields(&visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        Err(with_fields(&visitor))
    }
}

/// To the client it is a name that it cannot use.
fn with_fields(expected: &dyn de::Expected) -> Misfit {
    Misfit::invalid_type(Unexpected::UnitVariant, expected)
}
