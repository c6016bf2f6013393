/* As much of cuDNN as the backend's headers name; tests/cuda/card_convs.c
 * computes in its place. */
#ifndef SHIM_CUDNN_GRAPH_H
#define SHIM_CUDNN_GRAPH_H

#include <stddef.h>
#include <stdint.h>

#include "cuda_runtime_api.h"

typedef enum { CUDNN_STATUS_SUCCESS } cudnnStatus_t;
typedef struct cudnnContext *cudnnHandle_t;
typedef void *cudnnBackendDescriptor_t;
typedef int cudnnBackendDescriptorType_t, cudnnBackendAttributeName_t,
	cudnnBackendAttributeType_t;

size_t cudnnGetVersion(void);
const char *cudnnGetErrorString(cudnnStatus_t status);
void cudnnGetLastErrorString(char *text, size_t n);
cudnnStatus_t cudnnCreate(cudnnHandle_t *handle);
cudnnStatus_t cudnnDestroy(cudnnHandle_t handle);
cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t s);
cudnnStatus_t cudnnBackendCreateDescriptor(
	cudnnBackendDescriptorType_t type, cudnnBackendDescriptor_t *d);
cudnnStatus_t cudnnBackendDestroyDescriptor(cudnnBackendDescriptor_t d);
cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t d);
cudnnStatus_t cudnnBackendSetAttribute(cudnnBackendDescriptor_t d,
	cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
	int64_t n, const void *values);
cudnnStatus_t cudnnBackendGetAttribute(cudnnBackendDescriptor_t d,
	cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
	int64_t room, int64_t *n, void *values);
cudnnStatus_t cudnnBackendExecute(cudnnHandle_t handle,
	cudnnBackendDescriptor_t plan, cudnnBackendDescriptor_t variant);

#endif
