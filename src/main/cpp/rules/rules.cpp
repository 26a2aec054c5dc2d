#include "rules/rules.h"

#include "rules/computations.h"
#include "rules/derivative_rules.h"
#include "rules/vmap_rules.h"

namespace mlx4j {

void replace_rules() {
  replace_computations();
  replace_vmap_rules();
  replace_derivative_rules_of_elements();
  replace_derivative_rules_of_scans();
  replace_derivative_rules_of_updates();
  replace_derivative_rules_of_products();
}

}  // namespace mlx4j
