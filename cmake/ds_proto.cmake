# ds_proto(TARGET FILES… [GRPC] [DEPS …]): protoc into the build tree, never into git. Messages and
# service stubs are two targets, so that only the files that talk to a network link gRPC.
set(DS_GENERATED ${CMAKE_BINARY_DIR}/generated)

function(ds_proto target)
  cmake_parse_arguments(arg "GRPC" "" "FILES;DEPS" ${ARGN})
  set(outputs)
  foreach(file ${arg_FILES})
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    if(arg_GRPC)
      set(out ${DS_GENERATED}/${stem}.grpc.pb)
      set(flags --grpc_out=${DS_GENERATED}
                --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    else()
      set(out ${DS_GENERATED}/${stem}.pb)
      set(flags --cpp_out=${DS_GENERATED})
    endif()
    # protoc tells which files it read: a change in an imported file makes this one again.
    add_custom_command(
      OUTPUT ${out}.cc ${out}.h
      COMMAND ${CMAKE_COMMAND} -E make_directory ${DS_GENERATED}
      COMMAND protobuf::protoc -I ${CMAKE_SOURCE_DIR}/proto ${flags}
              --dependency_out=${out}.d ${file}
      DEPENDS ${CMAKE_SOURCE_DIR}/proto/${file}
      DEPFILE ${out}.d
      VERBATIM)
    list(APPEND outputs ${out}.cc)
  endforeach()
  add_library(${target} STATIC ${outputs})
  target_compile_options(${target} PRIVATE -w)
  target_include_directories(${target} SYSTEM PUBLIC ${DS_GENERATED})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf ${arg_DEPS})
  if(arg_GRPC)
    target_link_libraries(${target} PUBLIC gRPC::grpc++)
  endif()
endfunction()
