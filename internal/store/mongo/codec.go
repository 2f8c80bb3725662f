package mongo

import (
	"fmt"
	"reflect"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// registry encodes a zero time as null. Decoding null gives the zero time.
func registry() *bson.Registry {
	r := bson.NewRegistry()
	r.RegisterTypeEncoder(reflect.TypeFor[time.Time](), bson.ValueEncoderFunc(func(_ bson.EncodeContext, w bson.ValueWriter, v reflect.Value) error {
		t, ok := v.Interface().(time.Time)
		if !ok {
			return fmt.Errorf("%s is not a time", v.Type())
		}
		if t.IsZero() {
			return w.WriteNull()
		}
		return w.WriteDateTime(t.UnixMilli())
	}))
	return r
}

// keyed is a stored document: the value's own fields beside the key.
type keyed[T any] struct {
	Key   string `bson:"_id"`
	Value T      `bson:",inline"`
}

// instant is t as it is stored and compared.
func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return bson.NewDateTimeFromTime(t)
}
