/*
 * The boundary between discovery and the module that reads the PCI bus through libpci.
 *
 * libpci is GPL-2.0-or-later, so it lives in a small module of its own ("hal-pci") that is loaded at run
 * time; discovery and everything that frameworks link see only this header. The module exports one function,
 * hal_pci_scan.
 *
 * Promises of the module: it reads and never writes, prints nothing, never ends the process, lets no
 * exception out, keeps nothing between two calls and may be called from several threads at once. A function
 * that cannot be read is reported with what is known of it and with a warning; it never hides another one.
 *
 * Every struct begins with its size, set by the side that fills it. Members are only ever appended; a reader
 * compares the size before it touches a member that was appended after the first version. Pointers handed to
 * a callback are valid during that call only.
 */
#ifndef HAL_DISCOVERY_PCI_SCAN_H
#define HAL_DISCOVERY_PCI_SCAN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where the facts come from. */
enum {
  HAL_PCI_SOURCE_SYSFS = 1, /* path is a root directory that holds sys/bus/pci: "/" or a recorded tree */
  HAL_PCI_SOURCE_DUMP = 2   /* path is a file written by lspci -x, -xxx or -xxxx */
};

/* What hal_pci_scan returns. */
enum {
  HAL_PCI_SCAN_OK = 0, /* the list is complete, apart from what the warnings say */
  HAL_PCI_SCAN_INVALID =
      1, /* a NULL argument, a struct that is too short or an unknown source; nothing was called */
  HAL_PCI_SCAN_UNREADABLE = 2, /* the source could not be read at all; a warning says why */
  HAL_PCI_SCAN_STOPPED = 3     /* the function callback returned non-zero */
};

/* Bits of hal_pci_function.unread: facts that the source does not tell or that could not be read. Such a
 * member holds the value named beside it below. A fact that was read and says "none" (no driver bound) is not
 * unread. */
enum {
  HAL_PCI_UNREAD_VENDOR = 1u << 0,
  HAL_PCI_UNREAD_DEVICE = 1u << 1,
  HAL_PCI_UNREAD_SUBSYSTEM = 1u << 2,
  HAL_PCI_UNREAD_CLASS = 1u << 3,
  HAL_PCI_UNREAD_REVISION = 1u << 4,
  HAL_PCI_UNREAD_DRIVER = 1u << 5,
  HAL_PCI_UNREAD_NUMA_NODE = 1u << 6,
  HAL_PCI_UNREAD_IOMMU_GROUP = 1u << 7,
  HAL_PCI_UNREAD_LINK = 1u << 8,
  HAL_PCI_UNREAD_PHYSICAL_FUNCTION = 1u << 9,
  HAL_PCI_UNREAD_ROOT = 1u << 10,
  HAL_PCI_UNREAD_VIRTUAL_FUNCTIONS = 1u << 11
};

/* How much is read of a function. */
enum {
  /* Ids, class, bound driver, bridge above and root bus: one file and one link each. */
  HAL_PCI_DETAIL_IDENTITY = 1,
  /* Everything; what only configuration space tells is read through libpci. A function that is suspended is
   * not woken for it. */
  HAL_PCI_DETAIL_ALL = 2,
  /* Everything of those that the sink's wants_details chooses and of the bridges right above them, the
   * identity of the others. */
  HAL_PCI_DETAIL_CHOSEN = 3
};

typedef struct hal_pci_scan_request {
  size_t size;
  uint32_t source;  /* HAL_PCI_SOURCE_... */
  const char *path; /* not NULL */
  uint32_t detail;  /* HAL_PCI_DETAIL_...; a dump is always read in full */
} hal_pci_scan_request;

typedef struct hal_pci_function {
  size_t size;
  uint32_t domain;
  uint8_t bus;
  uint8_t device;   /* 0 to 31 */
  uint8_t function; /* 0 to 7 */
  uint8_t revision; /* 0 if unread */

  uint16_t vendor_id;           /* 0 if unread */
  uint16_t device_id;           /* 0 if unread */
  uint16_t subsystem_vendor_id; /* 0 if unread or if the function has none */
  uint16_t subsystem_device_id; /* 0 if unread or if the function has none */

  uint32_t class_code; /* 24 bits: base class, subclass, programming interface; 0 if unread */
  uint32_t unread;     /* HAL_PCI_UNREAD_... */

  int32_t numa_node;   /* -1: unread, or the platform names none */
  int32_t iommu_group; /* -1: unread, or in none */

  const char *driver;            /* the bound kernel driver; NULL: unread, or none bound */
  const char *physical_function; /* address "dddd:bb:dd.f"; NULL: unread, or this is not a virtual function */

  /* PCI Express link, now and the most that the function can do; 0: unread, or not PCI Express. */
  uint32_t link_megatransfers; /* per lane and second: 2500, 5000, 8000, 16000, ... */
  uint32_t link_width;         /* lanes */
  uint32_t link_megatransfers_max;
  uint32_t link_width_max;

  const char *parent;   /* the bridge above, "dddd:bb:dd.f"; NULL: unread, or on a root bus */
  uint32_t root_domain; /* of the root bus of its host bridge */
  uint32_t root_bus;

  const char *local_cpus;        /* "0-15,64-79"; NULL if unread */
  const char *runtime_status;    /* "active", "suspended", ...; NULL if unread */
  uint64_t bar_size;             /* the largest resizable window now, bytes; 0: unread */
  uint64_t bar_most;             /* the most it can be set to; 0: unread, or it has none */
  uint32_t virtual_functions;    /* switched on now; 0 if unread */
  uint32_t interface_count;      /* names in `interfaces` */
  const char *const *interfaces; /* what the driver made of it: "eth0", "renderD128" */
} hal_pci_function;

typedef struct hal_pci_warning {
  size_t size;
  const char *address; /* the function it is about, "dddd:bb:dd.f"; NULL: the source as a whole */
  const char *text;    /* a full sentence */
} hal_pci_warning;

/* Receives what is found, sorted by address. The callbacks must not throw. */
typedef struct hal_pci_scan_sink {
  size_t size;
  void *user;                                                    /* handed back to the callbacks */
  int (*function)(void *user, const hal_pci_function *function); /* not NULL; non-zero ends the scan */
  void (*warning)(void *user, const hal_pci_warning *warning);   /* may be NULL */
  /* Non-zero: the details of this function, of which the identity is known, are wanted. Not NULL when they
   * are to be chosen. Called for all functions before the first one is handed over. */
  int (*wants_details)(void *user, const hal_pci_function *identity);
} hal_pci_scan_sink;

typedef int (*hal_pci_scan_function)(const hal_pci_scan_request *request, const hal_pci_scan_sink *sink);

/* The module's one export. */
int hal_pci_scan(const hal_pci_scan_request *request, const hal_pci_scan_sink *sink);

#ifdef __cplusplus
}
#endif

#endif
