// Host data in and out. Data is always copied; no array refers to Java memory.
#pragma once

#include "handles.h"

namespace mlx4j {

// Each type of Java primitive array holds one dtype (boolean: bool_, byte: int8, short: int16, int: int32, long: int64,
// float: float32, double: float64); `dtype` is the dtype of the new array.
mx::array from_host(jbooleanArray data, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_host(jbyteArray data, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_host(jshortArray data, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_host(jintArray data, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_host(jlongArray data, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_host(jfloatArray data, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_host(jdoubleArray data, const mx::Shape& shape, mx::Dtype dtype);
// Reads the bytes [offset, offset + size) of a direct buffer, in native order, as elements of `dtype`.
mx::array from_buffer(jobject direct, jlong offset, const mx::Shape& shape, mx::Dtype dtype);
mx::array from_complex(jfloatArray real_and_imaginary, const mx::Shape& shape);
mx::array scalar(jdouble value, mx::Dtype dtype);
mx::array scalar(jlong value, mx::Dtype dtype);

// Copies the array's values, converted as by astype and in row-major order, into an existing Java array of the same
// number of elements.
void to_host(const mx::array& a, jbooleanArray data);
void to_host(const mx::array& a, jbyteArray data);
void to_host(const mx::array& a, jshortArray data);
void to_host(const mx::array& a, jintArray data);
void to_host(const mx::array& a, jlongArray data);
void to_host(const mx::array& a, jfloatArray data);
void to_host(const mx::array& a, jdoubleArray data);
void to_complex(const mx::array& a, jfloatArray real_and_imaginary);
// Copies the bytes of the array, in its own dtype and row-major order, into a direct buffer, starting at `offset`.
void to_buffer(const mx::array& a, jobject direct, jlong offset);

// Bytes in pieces, for files. Creates an array whose elements are put afterwards; no operation may use it before that.
mx::array uninitialized(const mx::Shape& shape, mx::Dtype dtype);
void put_bytes(const mx::array& a, jlong at, jbyteArray from, jint n);
// Returns the array evaluated and in row-major order, and its bytes.
mx::array row_major(const mx::array& a);
void get_bytes(const mx::array& a, jlong at, jbyteArray to, jint n);

}  // namespace mlx4j
