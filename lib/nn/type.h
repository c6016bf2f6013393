/* What numbers are kept as. Arithmetic is in f32 whatever they are kept as. */
#ifndef NN_TYPE_H
#define NN_TYPE_H

enum nn_type { NN_F32, NN_BF16, NN_I32, NN_I64, NN_U8 };

#endif
