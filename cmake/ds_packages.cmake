# Everything Doorstep links, found once. Protobuf before gRPC: 3.21 has no CMake config of its own.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(nlohmann_json 3.11 CONFIG REQUIRED)
find_package(CLI11 2.1 CONFIG REQUIRED)
find_package(ICU 70 REQUIRED COMPONENTS uc)
# Called yaml-cpp in Debian 12's version, yaml-cpp::yaml-cpp from 0.8 on.
find_package(yaml-cpp 0.7 CONFIG REQUIRED)
add_library(ds_yaml INTERFACE)
if(TARGET yaml-cpp::yaml-cpp)
  target_link_libraries(ds_yaml INTERFACE yaml-cpp::yaml-cpp)
else()
  target_link_libraries(ds_yaml INTERFACE yaml-cpp)
endif()
add_library(ds::yaml ALIAS ds_yaml)
find_package(Boost 1.81 REQUIRED)  # headers only, for the host of the pages
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd>=1.5)
pkg_check_modules(TURBOJPEG REQUIRED IMPORTED_TARGET libturbojpeg>=2.1)
pkg_check_modules(EXIF REQUIRED IMPORTED_TARGET libexif>=0.6.24)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.88)

# SQLCipher as the distribution packs it, or a copy of our own for what ships: its symbols stay
# hidden, so that a program may bring any SQLite it likes. Never both in one tree.
if(DOORSTEP_SQLCIPHER_SOURCE)
  if(NOT EXISTS ${DOORSTEP_SQLCIPHER_SOURCE}/sqlite3.c)
    message(FATAL_ERROR "no sqlite3.c in ${DOORSTEP_SQLCIPHER_SOURCE}: run scripts/sqlcipher_source")
  endif()
  add_library(ds_sqlcipher STATIC ${DOORSTEP_SQLCIPHER_SOURCE}/sqlite3.c)
  target_include_directories(ds_sqlcipher SYSTEM PUBLIC ${DOORSTEP_SQLCIPHER_SOURCE})
  target_compile_definitions(ds_sqlcipher
    PUBLIC SQLITE_HAS_CODEC
    PRIVATE SQLCIPHER_CRYPTO_OPENSSL SQLITE_TEMP_STORE=3 SQLITE_THREADSAFE=1 SQLITE_ENABLE_FTS5
            SQLITE_DQS=0 SQLITE_SECURE_DELETE SQLITE_OMIT_LOAD_EXTENSION SQLITE_TRUSTED_SCHEMA=0
            SQLITE_DEFAULT_FOREIGN_KEYS=1)
  target_compile_options(ds_sqlcipher PRIVATE -O2 -w)
  target_link_libraries(ds_sqlcipher PUBLIC OpenSSL::Crypto Threads::Threads m)
  add_library(ds::sqlcipher ALIAS ds_sqlcipher)
else()
  pkg_check_modules(SQLCIPHER REQUIRED IMPORTED_TARGET sqlcipher>=3.46)
  target_compile_definitions(PkgConfig::SQLCIPHER INTERFACE SQLITE_HAS_CODEC)
  add_library(ds::sqlcipher ALIAS PkgConfig::SQLCIPHER)
endif()

if(DOORSTEP_TESTS)
  find_package(Catch2 3 CONFIG REQUIRED)
  include(Catch)
endif()
