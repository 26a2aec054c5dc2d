// Everything that the generated JNI code names.
#pragma once

#include "bridge/closures.h"
#include "bridge/evaluation.h"
#include "bridge/handles.h"
#include "bridge/host_data.h"
#include "bridge/start.h"
#include "bridge/threads.h"
#include "bridge/weak_scalars.h"
#include "creation.h"
#include "devices.h"
#include "indexing.h"
#include "integer_division.h"
#include "io.h"
#include "mlx/mlx.h"
#include "random.h"
#include "transforms.h"
#include "vmap_rules.h"
