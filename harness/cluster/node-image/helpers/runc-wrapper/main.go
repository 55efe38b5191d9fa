// Command runc-wrapper stands in for runc on hosts where even root lacks a capability (CAP_SYS_RESOURCE in some
// sandboxes): --privileged asks for every capability, and runc then fails with "unable to apply caps". It takes what is
// not in the bounding set out of the container's config.json (create, run) or of the process file (exec), and becomes
// runc.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// In the order of their numbers, from linux/capability.h.
var capabilities = strings.Fields(`
	CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
	NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN
	SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE
	MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`)

func main() {
	for _, verb := range os.Args[1:] {
		switch verb {
		case "create", "run":
			bundle := option("--bundle", "-b")
			edit(filepath.Join(bundle, "config.json"), "process")
		case "exec":
			if process := option("--process", "-p"); process != "" {
				edit(process, "")
			}
		default:
			continue
		}
		break
	}
	runc := "/usr/sbin/runc"
	err := syscall.Exec(runc, append([]string{"runc"}, os.Args[1:]...), os.Environ())
	fail(runc, err)
}

func option(names ...string) string {
	for i, argument := range os.Args {
		for _, name := range names {
			if argument == name && i+1 < len(os.Args) {
				return os.Args[i+1]
			}
			if value, found := strings.CutPrefix(argument, name+"="); found {
				return value
			}
		}
	}
	return ""
}

// edit drops the capabilities in document[field], or in the document itself where field is empty. Numbers stay as they
// are written: a config holds device numbers and limits beyond float64.
func edit(path, field string) {
	content, err := os.ReadFile(path)
	if err != nil {
		fail(path, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var document map[string]any
	if err := decoder.Decode(&document); err != nil {
		fail(path, err)
	}
	process := document
	if field != "" {
		process, _ = document[field].(map[string]any)
	}
	sets, _ := process["capabilities"].(map[string]any)
	for name, set := range sets {
		asked, _ := set.([]any)
		sets[name] = slices.DeleteFunc(asked, func(one any) bool { return !bounding(one) })
	}
	content, _ = json.Marshal(document)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		fail(path, err)
	}
}

func bounding(name any) bool {
	text, _ := name.(string)
	number := slices.Index(capabilities, strings.TrimPrefix(text, "CAP_"))
	if number < 0 {
		return false
	}
	const prCapbsetRead = 23
	has, _, _ := syscall.RawSyscall(syscall.SYS_PRCTL, prCapbsetRead, uintptr(number), 0)
	return has == 1
}

func fail(what string, err error) {
	fmt.Fprintf(os.Stderr, "rollproof's runc wrapper: %s: %v\n", what, err)
	os.Exit(1)
}
