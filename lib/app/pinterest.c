#include "app/pinterest.h"
#include "conf/conf.h"

extern const char _binary_pipelines_conf_pinterest_yaml_start[];
extern const char _binary_pipelines_conf_pinterest_yaml_end[];

int pinterest_load(struct web_site *site, const char *path, struct err *e)
{
	const char *s = _binary_pipelines_conf_pinterest_yaml_start;
	const char *end = _binary_pipelines_conf_pinterest_yaml_end;

	*site = (struct web_site){0};
	if (path)
		return conf_load(path, web_site_keys, site, NULL, NULL, e);
	return conf_parse(s, (size_t)(end - s), "pinterest.yaml", web_site_keys,
		site, NULL, NULL, e);
}
