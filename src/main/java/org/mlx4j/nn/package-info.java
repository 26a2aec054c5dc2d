/** Building blocks of neural networks. Mirrors {@code mlx.nn}. */
package org.mlx4j.nn;
