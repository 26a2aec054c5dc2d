/** Building blocks of neural networks. Mirrors {@code mlx.nn}. */
@NullMarked
package org.mlx4j.nn;

import org.jspecify.annotations.NullMarked;
