/* An EXIF block: whatever it says, the picture gets one of eight turns. */
#include "fuzz.h"
#include "img/img_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	int turn = img_exif_turn(data, n);

	BUG_ON(turn < 1 || turn > 8);
	return 0;
}
