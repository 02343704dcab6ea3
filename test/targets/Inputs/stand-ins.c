/* In the place of inih and libmd, which Debian has for the host: no ini is read,
 * and a source's checksum never agrees. */
#include <ini.h>
#include <sys/types.h>

#include <md5.h>

int ini_max_line = 200;
int ini_parse_stream(ini_reader reader, void *stream, ini_handler handler,
                     void *user) {
  return 0;
}

void MD5Init(MD5_CTX *context) {}
void MD5Update(MD5_CTX *context, const unsigned char *data, size_t size) {}
void MD5Final(unsigned char *digest, MD5_CTX *context) {}
