// Host data in and out: always copies, arrays own nothing of Java's.
#pragma once

#include "handles.h"

namespace mlx4j {

// Java primitive arrays hold dtypes of their own (boolean: bool_, byte: int8, short: int16, int: int32, long: int64,
// float: float32, double: float64); `dtype` is what the new array shall have.
mx::array from_host(jbooleanArray data, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_host(jbyteArray data, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_host(jshortArray data, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_host(jintArray data, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_host(jlongArray data, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_host(jfloatArray data, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_host(jdoubleArray data, const mx::Shape& shape, mx::Dtype dtype);
// The bytes [offset, offset + size) of a direct buffer in native order, as elements of `dtype`.
mx::array from_buffer(jobject direct, jlong offset, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_complex(jfloatArray real_and_imaginary, const mx::Shape& shape);
mx::array scalar(jdouble value, mx::Dtype dtype);
mx::array scalar(jlong value, mx::Dtype dtype);

// The array's values, converted as astype converts, row-major, into an existing array of the same number of elements.
void to_host(const mx::array& a, jbooleanArray data);
void to_host(const mx::array& a, jbyteArray data);
void to_host(const mx::array& a, jshortArray data);
void to_host(const mx::array& a, jintArray data);
void to_host(const mx::array& a, jlongArray data);
void to_host(const mx::array& a, jfloatArray data);
void to_host(const mx::array& a, jdoubleArray data);
void to_complex(const mx::array& a, jfloatArray real_and_imaginary);
// The bytes of the array's own dtype, row-major, into a direct buffer from `offset` on.
void to_buffer(const mx::array& a, jobject direct, jlong offset);

// Bytes in pieces, for files. A new array whose elements are to be put; no operation may use it before.
mx::array uninitialized(const mx::Shape& shape, mx::Dtype dtype);
void put_bytes(const mx::array& a, jlong at, jbyteArray from, jint n);
// The array evaluated and row-major, and its bytes.
mx::array row_major(const mx::array& a);
void get_bytes(const mx::array& a, jlong at, jbyteArray to, jint n);

}  // namespace mlx4j
